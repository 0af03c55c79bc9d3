from __future__ import annotations

from datetime import date

import pytest

from dotmac_billing.settings.errors import InvalidNumberFormatError
from dotmac_billing.settings.number_format import (
    NumbersReset,
    SeriesKind,
    numbering,
    require_number_format,
    series_for,
)


@pytest.mark.parametrize(
    ("number_format", "sequence", "number"),
    [
        ("INV-{seq:06d}", 42, "INV-000042"),
        ("INV-{seq:06d}", 1234567, "INV-1234567"),
        ("{seq}", 7, "7"),
        ("2026/{seq:03d}/A", 7, "2026/007/A"),
        ("", 7, None),
        ("INV", 7, None),
        ("{seq}-{seq}", 7, None),
        ("{other}", 7, None),
        ("{seq.__class__}", 7, None),
        ("{seq!r}", 7, None),
        ("{seq:06x}", 7, None),
        ("{seq:099d}", 7, None),
        ("{{seq}}", 7, None),
        ("x" * 41 + "{seq}", 7, None),
    ],
)
def test_a_format_has_one_place_for_the_sequence(
    number_format: str, sequence: int, number: str | None
) -> None:
    if number is None:
        with pytest.raises(InvalidNumberFormatError):
            numbering(number_format)
    else:
        assert numbering(number_format)(sequence) == number


@pytest.mark.parametrize(
    ("number_format", "number"),
    [
        ("INV-{year}-{seq:05d}", "INV-2026-00042"),
        ("{yy}{month}/{seq}", "2603/42"),
        ("{seq:03d}-{year}", "042-2026"),
    ],
)
def test_a_format_may_show_the_day_of_issue(number_format: str, number: str) -> None:
    assert numbering(number_format)(42, date(2026, 3, 7)) == number
    with pytest.raises(InvalidNumberFormatError):
        numbering(number_format)(42)


def test_numbers_that_begin_anew_each_year_show_the_year() -> None:
    require_number_format("INV-{year}-{seq}", NumbersReset.YEARLY)
    require_number_format("INV-{seq}", NumbersReset.NEVER)
    with pytest.raises(InvalidNumberFormatError):
        require_number_format("INV-{month}-{seq}", NumbersReset.YEARLY)


def test_a_series_is_that_of_a_kind_and_of_a_year_when_numbers_begin_anew() -> None:
    day = date(2026, 12, 31)

    assert series_for(SeriesKind.INVOICE, day, NumbersReset.NEVER) == "invoice"
    assert series_for(SeriesKind.CREDIT_NOTE, day, NumbersReset.YEARLY) == "credit_note/2026"

from __future__ import annotations

import pytest

from dotmac_billing.settings.errors import InvalidNumberFormatError
from dotmac_billing.settings.number_format import numbering


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

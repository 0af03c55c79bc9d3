"""Cursors, and what spreadsheets are given."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.cursors import InvalidCursorError, cursor_of, place_of
from dotmac_core_ops.spreadsheet import FORMULA_STARTS, csv_text, safe_cell


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.uuids())  # noqa: DTZ001 - given a zone below
def test_a_cursor_is_the_place_again(at: datetime, entry: UUID) -> None:
    place = at.replace(tzinfo=UTC), entry

    assert place_of(cursor_of(*place)) == place


@pytest.mark.parametrize("cursor", ["x", "", "....", "MS4x", "'; DROP TABLE", "é", "A" * 200])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        place_of(cursor)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM", "'@SUM"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("a=1", "a=1"),
        ("", ""),
        (Decimal("-5.00"), Decimal("-5.00")),
        (None, None),
    ],
)
def test_a_text_that_would_be_computed_gets_an_apostrophe(cell: object, written: object) -> None:
    assert safe_cell(cell) == written


@given(st.lists(st.lists(st.text(), min_size=1), min_size=1))
def test_no_cell_of_a_file_begins_like_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))

    assert not any(cell.startswith(FORMULA_STARTS) for row in read for cell in row)


def test_a_list_is_flat_and_nothing_is_empty() -> None:
    assert csv_text([["a", None, ["x", "y"], Decimal("-1.5")]]) == "a,,x;y,-1.5\r\n"
    assert csv_text([[["=x", "y"]]]) == "'=x;y\r\n"

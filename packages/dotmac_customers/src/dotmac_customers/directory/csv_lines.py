"""Customers as lines of a CSV file that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is taken for a formula by spreadsheets (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """`rows` as CSV (RFC 4180); None is an empty cell, a list its parts with `;` between them.

    A cell that a spreadsheet would compute gets an apostrophe in front: `=1+1` becomes `'=1+1`.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    cell = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

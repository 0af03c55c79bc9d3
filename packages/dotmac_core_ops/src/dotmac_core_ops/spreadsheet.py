"""Text for CSV files that people open in a spreadsheet, which computes what looks like a formula.

Every export goes through here, so that a customer called `=HYPERLINK(…)` stays a name.
Source: OWASP, "CSV injection"; RFC 4180.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""


def safe_cell(cell: object) -> object:
    """`cell` with an apostrophe in front if it is a text that a spreadsheet would compute.

    `safe_cell("=1+1")` is `"'=1+1"`; a number stays a number, below zero too.
    """
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def safe_sql(column: str) -> str:
    """`safe_cell` as an expression of PostgreSQL, for what it writes as CSV itself.

    `column` is a name in a statement of ours, never a value.
    """
    return f"CASE WHEN {column} ~ '^[-=+@\\t\\r]' THEN '''' || {column} ELSE {column} END"


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """`rows` as lines of CSV; None is an empty cell, a list its parts with `;` between them."""
    written = io.StringIO()
    csv.writer(written).writerows([safe_cell(_flat(cell)) for cell in row] for row in rows)
    return written.getvalue()


def _flat(cell: object) -> object:
    return ";".join(map(str, cell)) if isinstance(cell, list | tuple) else cell

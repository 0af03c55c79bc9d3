"""The first sheet of an XLSX file as rows of texts, as the person sees them who wrote it.

An XLSX file is an archive of XML. How large it becomes was checked before (`content_type`); XML
that declares entities is refused by `defusedxml`, which openpyxl uses where it is installed.
Source: ECMA-376; OWASP, "XML external entity prevention".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

import openpyxl
from openpyxl import DEFUSEDXML

from dotmac_customers.imports.errors import UnreadableTableError

MOST_SHEET_ROWS = 1_048_576
"""How many rows a sheet can have; one that says it has more is made up."""

MOST_CELLS = 10_000_000
"""Empty ones before the last of a row included."""

_ZEROS = re.compile(r"0+")
_MIDNIGHT = time(0)

assert DEFUSEDXML, "openpyxl reads XML safely only with defusedxml"


def workbook_rows(source: BinaryIO, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Every row with its number, of at most `most_columns` cells. Formulas are their results.

    Raises:
        UnreadableTableError: while reading: damaged, not XML, or larger than a sheet can be.
    """
    number = cells = 0
    rows = _sheet_rows(source)
    while True:
        try:
            row = next(rows, None)
        except Exception as error:
            # openpyxl raises whatever a damaged part of the archive leads to.
            raise UnreadableTableError(f"the workbook is damaged after row {number}") from error
        if row is None:
            return
        number, cells = number + 1, cells + len(row)
        if number > MOST_SHEET_ROWS or cells > MOST_CELLS:
            raise UnreadableTableError("the sheet is larger than a list of customers can be")
        yield number, [_text(cell) for cell in row[:most_columns]]


def _sheet_rows(source: BinaryIO) -> Iterator[tuple[Any, ...]]:
    book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    # What a sheet says of its own size cannot be relied on.
    sheet.reset_dimensions()
    yield from sheet.iter_rows()


def _text(cell: Any) -> str:  # noqa: ANN401 - cells of openpyxl, which has no types
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime):
        return (value.date() if value.time() == _MIDNIGHT else value).isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _number(value: float, number_format: str) -> str:
    """4711.0 as `4711`; with the format `00000`, as postal codes have it, as `04711`."""
    if not float(value).is_integer():
        return repr(value)
    text = str(int(value))
    return text.zfill(len(number_format)) if _ZEROS.fullmatch(number_format or "") else text

"""A CSV or XLSX file as a header and rows of texts, within limits that no file gets around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dotmac_core_ops.spreadsheet import FORMULA_STARTS
from dotmac_customers.documents.inspection import TEXT, XLSX, content_type
from dotmac_customers.imports.csv_table import csv_rows
from dotmac_customers.imports.errors import UnreadableTableError
from dotmac_customers.imports.workbook_table import workbook_rows

MOST_ROWS = 200_000
"""The header and empty rows not included."""

MOST_COLUMNS = 200
LONGEST_HEADING = 200

# What a spreadsheet shows where it could not compute.
_FAILED = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the header: its number as a spreadsheet counts it, and its cells.

    It has as many cells as the header, or more where something is wrong with it.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The names of the columns, and the rows as they are read; empty ones are left out."""

    header: tuple[str, ...]
    rows: Iterator[TableRow]


def read_table(source: BinaryIO) -> Table:
    """The table in a file. What it is, is told from all of its bytes and not from its name.

    Raises:
        DocumentTypeError: it is neither text nor a workbook, or something else as well, or a bomb.
        UnreadableTableError: the header is none; while reading: damaged, or too many rows.
    """
    kind = content_type(source)
    if kind not in {TEXT, XLSX}:
        raise UnreadableTableError("it is neither CSV nor XLSX")
    rows = csv_rows(source) if kind == TEXT else workbook_rows(source, MOST_COLUMNS + 1)
    header = _header(next(rows, (1, []))[1])
    return Table(header, _below(rows, len(header)))


def _header(cells: list[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names or not all(names):
        raise UnreadableTableError("its first row must name every column")
    if len(names) > MOST_COLUMNS:
        raise UnreadableTableError(f"it has more than {MOST_COLUMNS} columns")
    if any(len(name) > LONGEST_HEADING or not name.isprintable() for name in names):
        raise UnreadableTableError("a name in its first row is no name of a column")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnreadableTableError(f"two of its columns are called {twice[0]!r}")
    return tuple(names)


def _below(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[TableRow]:
    found = 0
    for number, row in rows:
        cells = [_meant(cell) for cell in row]
        if not any(cells):
            continue
        found += 1
        if found > MOST_ROWS:
            raise UnreadableTableError(f"it has more than {MOST_ROWS:,} rows; split it")
        while len(cells) > width and not cells[-1]:
            cells.pop()
        yield TableRow(number, (*cells, *("",) * (width - len(cells))))


def _meant(cell: str) -> str:
    text = cell.strip()
    # Exports of ours put an apostrophe before what a spreadsheet would compute.
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def is_failed(cell: str) -> bool:
    """Whether a spreadsheet could not compute the cell: `#N/A` and the like."""
    return cell in _FAILED

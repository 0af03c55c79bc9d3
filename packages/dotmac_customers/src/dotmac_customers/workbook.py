"""Workbooks (XLSX) that are written row by row, and hold texts and numbers but never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, BinaryIO

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_CELL = 32_767  # ECMA-376, 18.3.1.96; what is longer makes a damaged file
# What openpyxl takes for a formula or for an error when nobody says otherwise.
_TAKEN_FOR_OTHERS = ("=", "#")


class FileFormat(StrEnum):
    """What a table is written as."""

    CSV = "csv"
    XLSX = "xlsx"


class Workbook:
    """A workbook of one sheet; however many rows it gets, few are held in memory."""

    def __init__(self, title: str) -> None:
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title)

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Add rows; None is an empty cell, a list its parts with `;` between them."""
        for row in rows:
            self._sheet.append([self._cell(cell) for cell in row])

    def save(self, target: BinaryIO) -> None:
        """Write the workbook; nothing can be added any more."""
        self._book.save(target)

    def _cell(self, value: object) -> Any:  # noqa: ANN401 - cells of openpyxl, which has no types
        if isinstance(value, list | tuple):
            value = ";".join(map(str, value))
        if value is None or isinstance(value, int | float):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_LONGEST_CELL]
        if not text.startswith(_TAKEN_FOR_OTHERS):
            return text
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"  # a cell that is said to hold a text is never computed
        return cell

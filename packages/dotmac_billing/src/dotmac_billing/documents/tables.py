"""A table set in type: a heading that can be repeated, rows as high as their text."""

from __future__ import annotations

from dotmac_billing.documents.page import LEADING, Page, Room, Side, Type
from dotmac_billing.documents.view import Row, Table

_INK, _SOFT, _FAINT = "#111827", "#6b7280", "#e5e7eb"
_GAP = 8.0


class TableSetter:
    """Sets one table into the room from `x`, `width` wide; it knows nothing of pages' ends."""

    def __init__(
        self, table: Table, x: float, width: float, accent: str, *, small: bool = False
    ) -> None:
        self.rows = table.rows
        self._columns = table.columns
        self._x = x
        self._width = width
        self._accent = accent
        self._size = 8.0 if small else 9.0
        self._pad = 4.0 if small else 7.0

    def heading(self, page: Page, y: float) -> float:
        """The names of the columns; where the rows begin."""
        kind = Type(self._size - 1.2, self._accent, bold=True)
        size = kind.size
        rooms = self._rooms()
        names = [
            page.lines(column.label, room.width, kind)
            for column, room in zip(self._columns, rooms, strict=True)
        ]
        deepest = max(len(lines) for lines in names)
        for lines, room in zip(names, rooms, strict=True):
            # All names end on the same line, however many each has.
            baseline = y + size + (deepest - len(lines)) * size * LEADING
            for line in lines:
                page.put(line, room, baseline, kind)
                baseline += size * LEADING
        end = y + deepest * size * LEADING + 4
        page.rule(self._x, end, self._width, self._accent, 0.9)
        return end

    def height(self, page: Page, row: Row) -> float:
        """How much room the row takes."""
        return self._set(page, row, None)

    def row(self, page: Page, row: Row, y: float) -> float:
        """Put the row down; where the next one begins."""
        end = y + self._set(page, row, y)
        page.rule(self._x, end, self._width, _FAINT)
        return end

    def _set(self, page: Page, row: Row, y: float | None) -> float:
        kind = Type(self._size, _INK)
        leading = kind.size * LEADING
        deepest = 0.0
        for place, (cell, room) in enumerate(zip(row.cells, self._rooms(), strict=True)):
            depth = self._pad + kind.size
            for line in page.lines(cell, room.width, kind):
                if y is not None:
                    page.put(line, room, y + depth, kind)
                depth += leading
            deepest = max(deepest, depth - leading)
            if place == 0 and row.small:
                deepest = max(deepest, self._small_print(page, row, y, depth))
        return deepest + self._pad

    def _small_print(self, page: Page, row: Row, y: float | None, depth: float) -> float:
        kind = Type(self._size - 1.8, _SOFT)
        room = self._rooms()[0]
        for text in row.small:
            for line in page.lines(text, room.width, kind):
                if y is not None:
                    page.put(line, room, y + depth - 1, kind)
                depth += kind.size * LEADING
        return depth - kind.size * LEADING

    def _rooms(self) -> list[Room]:
        rooms = []
        left = self._x
        for column in self._columns:
            width = self._width * column.share
            if column.figure:
                rooms.append(Room(left + _GAP, width - _GAP, Side.END))
            else:
                rooms.append(Room(left, width - _GAP))
            left += width
        return rooms

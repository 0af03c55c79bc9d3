"""Pages as a list of marks on paper: what is drawn where, before anything draws it.

Points of 1/72 inch from the upper left corner, y downwards. A page that runs from right to left is
laid out as if it did not, and mirrored here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, TypeAlias

from dotmac_billing.documents.typesetting import (
    Fonts,
    Setting,
    TextLine,
    set_line,
    set_lines,
)

LEADING = 1.38
"""The distance of lines, in parts of the size of type."""


class Side(Enum):
    """Where text stands in the room it has; start is left unless the page is mirrored."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Room(NamedTuple):
    """Where a line of text stands: it begins at `x` and may be `width` wide."""

    x: float
    width: float = 0
    side: Side = Side.START


class Type(NamedTuple):
    """Size in points, colour and weight of text."""

    size: float
    colour: str
    bold: bool = False


@dataclass(frozen=True)
class Words:
    """A line of text; `y` is its baseline, turned by `angle` degrees around its start."""

    x: float
    y: float
    line: TextLine
    size: float
    bold: bool
    colour: str
    angle: float = 0


@dataclass(frozen=True)
class Box:
    """A rectangle by its upper left corner, filled or with a border, corners rounded."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    border: str | None = None
    radius: float = 0
    angle: float = 0


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    x: float
    y: float
    width: float
    colour: str
    weight: float = 0.5


@dataclass(frozen=True)
class Logo:
    """The tenant's picture, as large as fits into the room without changing its shape."""

    x: float
    y: float
    width: float
    height: float
    at_end: bool


@dataclass(frozen=True)
class Code:
    """A QR code: dark squares, row by row."""

    x: float
    y: float
    size: float
    squares: tuple[tuple[bool, ...], ...]


Ink: TypeAlias = Words | Box | Rule | Logo | Code


@dataclass
class Page:
    """One sheet that takes marks; its width and height in points."""

    width: float
    height: float
    mirrored: bool
    fonts: Fonts
    country: str | None = None
    ink: list[Ink] = field(default_factory=list)

    def lines(self, text: str, width: float, kind: Type) -> list[TextLine]:
        """The text broken to `width`, ready to be put down with `put`."""
        return set_lines(text, width, self._setting(kind), self.fonts)

    def line(self, text: str, kind: Type) -> TextLine:
        """The text as one line."""
        return set_line(text, self._setting(kind), self.fonts)

    def put(self, line: TextLine, room: Room, y: float, kind: Type) -> None:
        """Put a line into its room; `y` is the baseline."""
        spare = room.width - line.width
        at = room.x + {Side.START: 0, Side.MIDDLE: spare / 2, Side.END: spare}[room.side]
        if self.mirrored:
            at = self.width - at - line.width
        self.ink.append(Words(at, y, line, kind.size, kind.bold, kind.colour))

    def text(self, text: str, room: Room, y: float, kind: Type) -> None:
        """Put one line of text."""
        self.put(self.line(text, kind), room, y, kind)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        border: str | None = None,
        radius: float = 0,
    ) -> None:
        """Draw a rectangle."""
        self.ink.append(Box(self._at(x, width), y, width, height, fill, border, radius))

    def rule(self, x: float, y: float, width: float, colour: str, weight: float = 0.5) -> None:
        """Draw a horizontal line."""
        self.ink.append(Rule(self._at(x, width), y, width, colour, weight))

    def logo(self, x: float, y: float, width: float, height: float) -> None:
        """Leave room for the tenant's picture."""
        self.ink.append(Logo(self._at(x, width), y, width, height, self.mirrored))

    def code(self, squares: list[list[bool]], x: float, y: float, size: float) -> None:
        """Draw a QR code."""
        rows = tuple(tuple(row) for row in squares)
        self.ink.append(Code(self._at(x, size), y, size, rows))

    def stamp(self, text: str, x: float, y: float, kind: Type, angle: float) -> None:
        """Put a word at an angle, its middle at `x` and `y`, below everything drawn so far."""
        line = self.line(text, kind)
        self.ink.insert(0, Words(self._at(x, 0), y, line, kind.size, kind.bold, kind.colour, angle))

    def _at(self, x: float, width: float) -> float:
        return self.width - x - width if self.mirrored else x

    def _setting(self, kind: Type) -> Setting:
        return Setting(kind.size, kind.bold, self.country, self.mirrored)

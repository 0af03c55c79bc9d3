"""Text of any script broken into lines and put in the order in which it is drawn.

Arabic letters are joined (`arabic_reshaper`) and mixed directions ordered by the Unicode
bidirectional algorithm, line by line, after the line is broken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

LATIN = "latin"
"""The face that everything is set in that it has letters for, and that draws what none has."""

CHINESE, TAIWANESE, JAPANESE, KOREAN = "sc", "tc", "jp", "kr"
_HAN_OF = {"JP": JAPANESE, "KR": KOREAN, "TW": TAIWANESE, "HK": TAIWANESE, "MO": TAIWANESE}

_RESHAPER = ArabicReshaper({"support_ligatures": True, "delete_harakat": False})
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
_IDEOGRAPH = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[\U00020000-\U0003ffff]"
)
_RIGHT_TO_LEFT = {"R", "AL"}


class Fonts(Protocol):
    """What is known of the typefaces without drawing them."""

    def covers(self, face: str, letter: str) -> bool:
        """Whether `face` has a picture for the letter."""
        ...

    def advance(self, face: str, letter: str, *, bold: bool) -> float:
        """How far the pen moves, in parts of the size of type."""
        ...


class Run(NamedTuple):
    """Letters of one face, from left to right."""

    face: str
    text: str


class Setting(NamedTuple):
    """How text is set: size in points, weight, and the country that Chinese letters are of."""

    size: float
    bold: bool = False
    country: str | None = None
    right_to_left: bool = False


class TextLine(NamedTuple):
    """A line as it is drawn; width in points."""

    runs: tuple[Run, ...]
    width: float


def set_lines(text: str, width: float, setting: Setting, fonts: Fonts) -> list[TextLine]:
    """The text in lines no wider than `width` points, broken at spaces or between ideographs.

    A word that is wider alone is broken where it must be. Line ends in the text are kept.
    """
    setter = _Setter(text, setting, fonts)
    return [
        setter.drawn(line)
        for paragraph in text.splitlines() or [""]
        for line in setter.broken(_joined(paragraph), width)
    ]


def set_line(text: str, setting: Setting, fonts: Fonts) -> TextLine:
    """The text as one line, however wide."""
    setter = _Setter(text, setting, fonts)
    return setter.drawn(_joined(" ".join(text.split())))


def is_right_to_left(text: str) -> bool:
    """Whether the text's first letter with a direction runs to the left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in _RIGHT_TO_LEFT:
            return True
        if direction == "L":
            return False
    return False


class _Setter:
    def __init__(self, text: str, setting: Setting, fonts: Fonts) -> None:
        self._setting = setting
        self._fonts = fonts
        self._faces = (LATIN, "arabic", "hebrew", *_han(text, setting.country))
        self._known: dict[str, str] = {}
        self._advances: dict[str, float] = {}

    def broken(self, text: str, width: float) -> Iterator[str]:
        line = ""
        for piece in _pieces(text):
            if self._width(line + piece.rstrip()) <= width:
                line += piece
                continue
            if line.strip():
                yield line.rstrip()
            line = piece
            while self._width(line.rstrip()) > width and len(line) > 1:
                fits = self._fitting(line, width)
                yield line[:fits]
                line = line[fits:]
        yield line.rstrip()

    def drawn(self, text: str) -> TextLine:
        base = "R" if self._setting.right_to_left or is_right_to_left(text) else "L"
        shown = get_display(text, base_dir=base) if _needs_order(text) else text
        runs: list[Run] = []
        for letter in shown:
            if unicodedata.category(letter) == "Cf":
                continue  # marks of direction have done their work and have no picture
            face = self._face(letter)
            if runs and (runs[-1].face == face or letter == " "):
                runs[-1] = Run(runs[-1].face, runs[-1].text + letter)
            else:
                runs.append(Run(face, letter))
        return TextLine(tuple(runs), self._width(shown))

    def _fitting(self, text: str, width: float) -> int:
        """How many letters fit, at least one."""
        used = 0.0
        for place, letter in enumerate(text):
            used += self._advance(letter)
            if used > width:
                return max(1, place)
        return len(text)

    def _width(self, text: str) -> float:
        return sum(map(self._advance, text))

    def _advance(self, letter: str) -> float:
        advance = self._advances.get(letter)
        if advance is None:
            advance = 0.0
            if unicodedata.category(letter) != "Cf":
                bold, size = self._setting.bold, self._setting.size
                advance = self._fonts.advance(self._face(letter), letter, bold=bold) * size
            self._advances[letter] = advance
        return advance

    def _face(self, letter: str) -> str:
        face = self._known.get(letter)
        if face is None:
            covering = (face for face in self._faces if self._fonts.covers(face, letter))
            face = self._known[letter] = next(covering, LATIN)
        return face


def _han(text: str, country: str | None) -> Sequence[str]:
    """The faces for ideographs, the fitting one first: one letter has several pictures."""
    if _KANA.search(text):
        first = JAPANESE
    elif _HANGUL.search(text):
        first = KOREAN
    else:
        first = _HAN_OF.get(country or "", CHINESE)
    rest = (CHINESE, TAIWANESE, JAPANESE, KOREAN)
    return (first, *(face for face in rest if face != first))


def _joined(text: str) -> str:
    if not _ARABIC.search(text):
        return text
    reshaped: str = _RESHAPER.reshape(text)
    return reshaped


def _needs_order(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in {*_RIGHT_TO_LEFT, "AN"} for letter in text)


def _pieces(text: str) -> Iterator[str]:
    """The text cut where a line may end: behind spaces, hyphens and around ideographs."""
    piece = ""
    for letter in text:
        if piece and _IDEOGRAPH.match(letter):
            yield piece
            piece = ""
        piece += letter
        if letter in " -/" or _IDEOGRAPH.match(letter):
            yield piece
            piece = ""
    if piece:
        yield piece

"""The open typefaces that documents are set in, from packages on PyPI (all Noto Sans, OFL 1.1)."""

from __future__ import annotations

import importlib.util
from functools import cache
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb
from reportlab.pdfbase.ttfonts import TTFont

from dotmac_billing.documents.typesetting import CHINESE, JAPANESE, KOREAN, LATIN, TAIWANESE

_FILES = {
    LATIN: ("justmytype_western_core", "fonts/ofl/notosans/NotoSans[wdth,wght].ttf"),
    "arabic": ("justmytype_intl_rtl", "fonts/ofl/notosansarabic/NotoSansArabic[wdth,wght].ttf"),
    "hebrew": ("justmytype_intl_rtl", "fonts/ofl/notosanshebrew/NotoSansHebrew[wdth,wght].ttf"),
    CHINESE: ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"),
    TAIWANESE: ("justmytype_intl_cjk", "fonts/ofl/notosanstc/NotoSansTC[wght].ttf"),
    JAPANESE: ("justmytype_intl_cjk", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf"),
    KOREAN: ("justmytype_intl_cjk", "fonts/ofl/notosanskr/NotoSansKR[wght].ttf"),
}
_REGULAR, _BOLD = 400, 700


class NotoFonts:
    """Covers and measures letters; faces of a package that is not installed cover nothing."""

    def covers(self, face: str, letter: str) -> bool:
        """Whether `face` has a picture for the letter."""
        known = _face(face)
        return known is not None and ord(letter) in _letters(face)

    def advance(self, face: str, letter: str, *, bold: bool) -> float:
        """How far the pen moves, in parts of the size of type."""
        return _advance(face, letter, bold)


def font_file(face: str) -> Path | None:
    """Where the face's file is; None when its package is not installed."""
    package, path = _FILES[face]
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / path


def covers_any(face: str, text: str) -> bool:
    """Whether the face is needed for a letter of the text that the Latin one lacks."""
    rest = {ord(letter) for letter in text} - _letters(LATIN)
    return not rest.isdisjoint(_letters(face))


def embeddable(name: str, face: str, letters: set[str], *, bold: bool) -> TTFont:
    """A font that holds just these letters in one weight, for embedding under `name`.

    Cut from the variable font by HarfBuzz; that takes about a millisecond, also for Chinese.
    """
    known = _face(face)
    assert known is not None
    wanted = hb.SubsetInput()
    # A face whose text is all spaces still needs one letter to be a font at all.
    wanted.unicode_set.update(ord(letter) for letter in {*letters, " "})
    wanted.pin_all_axes_to_default(known)
    wanted.pin_axis_location(known, "wght", _BOLD if bold else _REGULAR)
    cut = hb.subset(known, wanted)
    return TTFont(name, BytesIO(bytes(cut.blob.data)))


@cache
def _face(face: str) -> hb.Face | None:
    path = font_file(face)
    return None if path is None else hb.Face(hb.Blob.from_file_path(str(path)))


@cache
def _letters(face: str) -> frozenset[int]:
    known = _face(face)
    return frozenset() if known is None else frozenset(known.unicodes)


@cache
def _measuring(face: str, bold: bool) -> hb.Font:
    known = _face(face)
    assert known is not None
    font = hb.Font(known)
    font.set_variations({"wght": _BOLD if bold else _REGULAR})
    return font


@cache
def _advance(face: str, letter: str, bold: bool) -> float:
    font = _measuring(face, bold)
    glyph = font.get_nominal_glyph(ord(letter)) or 0
    return float(font.get_glyph_h_advance(glyph)) / float(font.face.upem)

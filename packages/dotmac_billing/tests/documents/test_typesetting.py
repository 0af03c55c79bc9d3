"""Lines of text in every script, before anything draws them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.documents.adapters.typefaces import NotoFonts
from dotmac_billing.documents.typesetting import Setting, TextLine, set_line, set_lines

FONTS = NotoFonts()
NINE = Setting(9)


def text(line: TextLine) -> str:
    return "".join(run.text for run in line.runs)


def faces(line: TextLine) -> list[str]:
    return [run.face for run in line.runs]


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ("Ελληνικά Ångström Щука", ["latin"]),
        ("شركة", ["arabic"]),
        ("שלום", ["hebrew"]),
        ("华为", ["sc"]),
        ("株式会社さくら", ["jp"]),
        ("한국", ["kr"]),
        ("ACME 株式会社", ["latin", "sc"]),
    ],
)
def test_each_script_has_its_face(said: str, used: list[str]) -> None:
    assert faces(set_line(said, NINE, FONTS)) == used


@pytest.mark.parametrize(
    ("country", "face"), [("JP", "jp"), ("TW", "tc"), ("HK", "tc"), ("CN", "sc"), (None, "sc")]
)
def test_a_chinese_letter_is_drawn_as_in_its_country(country: str | None, face: str) -> None:
    assert faces(set_line("東京", Setting(9, country=country), FONTS)) == [face]


def test_arabic_letters_are_joined_and_run_to_the_left() -> None:
    drawn = text(set_line("باب 12", NINE, FONTS))

    # The first letter stands last and has its initial form; figures keep their order.
    assert drawn.startswith("12 ")
    assert unicodedata.name(drawn[-1]) == "ARABIC LETTER BEH INITIAL FORM"
    assert unicodedata.normalize("NFKC", drawn) == "12 باب"[:3] + "باب"[::-1]


def test_brackets_face_the_other_way_where_text_runs_to_the_left() -> None:
    assert text(set_line("شركة (2026)", NINE, FONTS)).startswith("(2026) ")


def test_latin_in_an_arabic_line_keeps_its_own_direction() -> None:
    assert "ABC Ltd" in text(set_line("مؤسسة ABC Ltd للتجارة", NINE, FONTS))


def test_lines_break_at_spaces() -> None:
    lines = set_lines("one two three", 40, NINE, FONTS)

    assert [text(line) for line in lines] == ["one two", "three"]


def test_lines_break_between_ideographs() -> None:
    lines = set_lines("深圳市龙岗区", 30, NINE, FONTS)

    assert [text(line) for line in lines] == ["深圳市", "龙岗区"]


def test_a_word_that_does_not_fit_is_broken() -> None:
    lines = set_lines("Donaudampfschifffahrtsgesellschaft", 60, NINE, FONTS)

    assert len(lines) == 3
    assert "".join(text(line) for line in lines) == "Donaudampfschifffahrtsgesellschaft"


def test_bold_is_wider() -> None:
    assert (
        set_line("Total", Setting(9, bold=True), FONTS).width > set_line("Total", NINE, FONTS).width
    )


LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"])


@given(said=st.text(LETTERS | st.just(" "), max_size=80), width=st.floats(20, 200))
def test_no_line_is_too_wide_and_no_letter_is_lost(said: str, width: float) -> None:
    latin = "".join(letter for letter in said if FONTS.covers("latin", letter) or letter == " ")
    latin = "".join(
        letter for letter in latin if unicodedata.bidirectional(letter) not in {"R", "AL"}
    )

    lines = set_lines(latin, width, NINE, FONTS)

    assert all(line.width <= width or len(text(line)) == 1 for line in lines)
    kept = "".join(text(line) for line in lines)
    assert sorted(kept.replace(" ", "")) == sorted(
        letter for letter in latin if letter != " " and unicodedata.category(letter) != "Cf"
    )

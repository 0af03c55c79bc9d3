from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_module.notes.excerpt import excerpt


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("The pump leaks", 20, "The pump leaks"),
        ("The pump leaks at the flange", 12, "The pump…"),
        ("Two\n  lines", 20, "Two lines"),
        ("Unbreakable", 6, "Unbre…"),
        ("", 5, ""),
    ],
)
def test_an_excerpt_ends_with_a_whole_word(text: str, length: int, expected: str) -> None:
    assert excerpt(text, length) == expected


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_an_excerpt_is_never_longer_than_asked(text: str, length: int) -> None:
    assert len(excerpt(text, length)) <= length

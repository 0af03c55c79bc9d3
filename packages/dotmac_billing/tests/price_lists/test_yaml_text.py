from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.price_lists.adapters.yaml_text import read_yaml, write_yaml
from dotmac_billing.price_lists.errors import UnreadablePriceListError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("49.90", Decimal("49.90")),
        ("-0.1", Decimal("-0.1")),
        ("0.1234567890123456789", Decimal("0.1234567890123456789")),
        ("100", 100),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1e3", "1e3"),
        ("20:00", "20:00"),
        ("no", "no"),
        ("true", True),
        ("~", None),
        ("null", None),
        ("2026-12-01", date(2026, 12, 1)),
        ('"49.90"', "49.90"),
        ("3.14.15", "3.14.15"),
        ("[1, 2.50]", [1, Decimal("2.50")]),
        ("{a: {b: 1}}", {"a": {"b": 1}}),
        ("", None),
    ],
)
def test_a_scalar_is_what_everybody_reads_it_as(text: str, value: object) -> None:
    read = read_yaml(text)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a: 1\na: 2", "'a' stands here twice", 2),
        ("a: &x 1\nb: *x", "anchors and aliases", 2),
        ("a: [1", "expected ',' or ']'", 1),
        ("a: 1\n--- \nb: 2", "found another document", 2),
        ("1: a", "A name is text", 1),
        ("[a, b]: c", "A name is text", 1),
        ("a: !!python/object:os.system x", "could not determine a constructor", 1),
        ('a: "\\0"', "Not a text", 1),
        ('a: "\\ud800"', "Not a text", 1),
        ("[" * 50, "levels deep", 1),
        ("a: 2026-02-30", "day is out of range", None),
        ("a: \x07", "special characters are not allowed", None),
    ],
)
def test_what_cannot_be_read_says_where(text: str, problem: str, line: int | None) -> None:
    with pytest.raises(UnreadablePriceListError) as refused:
        read_yaml(text)

    assert problem in refused.value.message
    assert refused.value.details["line"] == line


def test_a_text_without_end_is_not_read() -> None:
    with pytest.raises(UnreadablePriceListError):
        read_yaml("a" * 2_000_001)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.decimals(allow_nan=False, allow_infinity=False, places=12, max_value=10**12, min_value=0)
    | st.dates(min_value=date(1900, 1, 1))
    | TEXTS
    | st.sampled_from(
        ["no", "on", "20:00", "1e3", "007", "~", "49.90", "2026-01-01", "null", "=", "<<"]
    )
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_what_is_written_is_read_again(document: object) -> None:
    assert read_yaml(write_yaml(document)) == document

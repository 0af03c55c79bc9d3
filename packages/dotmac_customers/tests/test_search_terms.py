from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_customers import LEGAL_MOVES, CustomerState
from dotmac_customers.profiles.numbering import customer_number, serial_of
from dotmac_customers.profiles.search_terms import (
    after_prefix,
    folded,
    query_terms,
    search_terms,
    sort_name,
)
from dotmac_customers.profiles.states import moves_from


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Ann", "ann"), ("Müller", "muller"), ("ÅSA", "asa"), ("Straße", "strasse")],
)
def test_case_and_accents_do_not_count(text: str, plain: str) -> None:
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("Ann Berg", {"ann", "berg"}),
        ("O'Brien-Lind", {"o", "brien", "lind"}),
        ("B-52 Bar", {"b", "52", "b-52", "bar"}),
        ("  &  ", set()),
    ],
)
def test_every_word_of_a_name_is_found(name: str, terms: set[str]) -> None:
    assert search_terms(name, "X") == terms | {"x"}


def test_number_address_and_external_id_are_found_whole() -> None:
    found = search_terms("Ann", "C-000123", "Ann.Berg@Example.com", "CRM-7")

    assert found == {"ann", "c-000123", "123", "ann.berg@example.com", "crm-7"}


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("Ann BERG", ["ann", "berg"]),
        ("o'bri", ["o", "bri"]),
        ("ann.b@ex", ["ann.b@ex"]),
        ("c-0001", ["c-0001"]),
        ("ann ann", ["ann"]),
        (" % _ ", []),
        ("a b c d e f g h i j", ["a", "b", "c", "d", "e", "f", "g", "h"]),
    ],
)
def test_a_query_is_its_beginnings_of_words(query: str, terms: list[str]) -> None:
    assert query_terms(query) == terms


@given(st.text(min_size=1, max_size=60), st.integers(1, 20))
def test_a_name_is_found_by_the_beginning_of_any_of_its_words(name: str, length: int) -> None:
    terms = search_terms(name, "X")

    for word in query_terms(name):
        wanted = word[:length]
        assert any(wanted <= term < after_prefix(wanted) for term in terms)


@given(st.text(max_size=300))
def test_a_name_is_sorted_by_at_most_two_hundred_characters(name: str) -> None:
    assert len(sort_name(name)) <= 200


@given(st.integers(1, 10**12))
def test_a_number_knows_its_serial(serial: int) -> None:
    assert serial_of(customer_number(serial)) == serial


@pytest.mark.parametrize("number", ["", "C-1", "c-000001", "7590-VHVEG", "C-0000001", "C-00000²"])
def test_a_number_of_another_form_has_none(number: str) -> None:
    assert serial_of(number) == 0


def test_every_state_but_lead_can_be_reached_and_every_state_left() -> None:
    starts = {start for start, _ in LEGAL_MOVES}
    ends = {end for _, end in LEGAL_MOVES}

    assert starts == set(CustomerState)
    assert ends == set(CustomerState) - {CustomerState.LEAD}
    assert all(reasons for reasons in LEGAL_MOVES.values())
    assert set(moves_from(CustomerState.CHURNED)) == {CustomerState.ACTIVE}

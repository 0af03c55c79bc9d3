from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.spreadsheet import csv_text
from dotmac_customers.directory.filters import Wanted
from dotmac_customers.directory.plain_query import plain_id, plain_query


@pytest.mark.parametrize(
    ("query", "wanted", "page", "per_page"),
    [
        (b"", Wanted(), 1, 20),
        (b"page=3&per_page=50", Wanted(), 3, 50),
        (b"sort=name", Wanted(sort="name", descending=False), 1, 20),
        (b"sort=-number&page=2", Wanted(sort="number", descending=True), 2, 20),
        (b"page=1&page=2", Wanted(), 2, 20),
    ],
)
def test_a_plain_query_is_understood(
    query: bytes, wanted: Wanted, page: int, per_page: int
) -> None:
    plain = plain_query(query)

    assert plain is not None
    assert plain[0] == wanted
    assert (plain[1].page, plain[1].per_page) == (page, per_page)


@pytest.mark.parametrize(
    "query",
    [
        *(b"state=active", b"q=ann", b"page=0", b"page=-1", b"page=x", b"page=", b"page=1e3"),
        *(b"per_page=201", b"per_page=0", b"sort=password", b"sort=", b"sort=--name"),
        *(b"page=99999999999", b"page=\xc2\xb2", b"unknown=1", b"\xff"),
    ],
)
def test_what_is_not_plain_or_not_right_is_left_to_the_route(query: bytes) -> None:
    assert plain_query(query) is None


@given(st.binary(max_size=60))
def test_no_query_is_too_strange(query: bytes) -> None:
    plain = plain_query(query)
    assert plain is None or plain[1].page >= 1


@given(st.uuids())
def test_an_identifier_is_understood(customer_id: UUID) -> None:
    assert plain_id(str(customer_id)) == customer_id
    assert plain_id(str(customer_id).upper()) == customer_id


@pytest.mark.parametrize("text", ["", "x", "0" * 32, "{0}", "g" * 36, "0" * 36, "²" * 36])
def test_no_identifier_is_left_to_the_route(text: str) -> None:
    assert plain_id(text) is None


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Ann", "Ann"),
        (None, ""),
        ("=1+1", "'=1+1"),
        ("+46", "'+46"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (["=a", "b"], "'=a;b"),
        ('say "hi", Bo', '"say ""hi"", Bo"'),
    ],
)
def test_a_cell_is_never_a_formula(value: object, cell: str) -> None:
    assert csv_text([["x", value]]) == f"x,{cell}\r\n"

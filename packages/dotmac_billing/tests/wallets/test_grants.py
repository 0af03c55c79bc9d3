from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.wallets.grants import EVERYTHING, Grant, Part, WalletScope, draw, in_order

TODAY = date(2026, 11, 20)
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
FIBER, TV = UUID(int=1), UUID(int=2)
_ids = count(1)


def grant(left: str, **more: object) -> Grant:
    plain: dict[str, object] = {
        "id": UUID(int=next(_ids)),
        "wallet_id": UUID(int=5),
        "customer_id": UUID(int=6),
        "currency": "EUR",
        "is_paid": True,
        "left": Decimal(left),
        "priority": 0,
        "expires_on": None,
        "granted_at": EARLY,
    }
    return Grant(**{**plain, **more})  # type: ignore[arg-type] # the tests name real fields


def euros(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (grant("9", priority=1), grant("9", priority=2, expires_on=date(2026, 12, 1))),
        (grant("9", expires_on=date(2026, 12, 1)), grant("9", expires_on=date(2027, 1, 1))),
        (grant("9", expires_on=date(2026, 12, 1)), grant("9", is_paid=False)),
        (grant("9", is_paid=False, granted_at=EARLY + timedelta(1)), grant("9")),
        (grant("9"), grant("9", granted_at=EARLY + timedelta(1))),
    ],
)
def test_grants_are_drawn_in_their_order(first: Grant, second: Grant) -> None:
    assert in_order([second, first]) == in_order([first, second]) == [first, second]


def test_what_was_paid_for_may_go_first() -> None:
    free, paid = grant("9", is_paid=False), grant("9")

    assert in_order([free, paid], paid_first=True) == [paid, free]


def test_grants_pay_until_nothing_is_due() -> None:
    first, second, third = grant("30.00"), grant("30.00"), grant("30.00")

    drawn = draw(Decimal("45.00"), [third, first, second], TODAY)

    assert [(one.grant_id, one.amount) for one in drawn] == [
        (first.id, Decimal("30.00")),
        (second.id, Decimal("15.00")),
    ]
    assert [first.left, second.left, third.left] == euros("0.00", "15.00", "30.00")


@pytest.mark.parametrize(
    "useless",
    [
        grant("0.00"),
        grant("9.00", expires_on=TODAY),
        grant("9.00", scope=WalletScope(component_codes=frozenset({"box"}))),
        grant("9.00", scope=WalletScope(plan_ids=frozenset({TV}))),
        grant("9.00", scope=WalletScope(subscription_id=TV)),
    ],
)
def test_what_cannot_be_used_pays_nothing(useless: Grant) -> None:
    parts = [Part(Decimal("10.00"), FIBER, "base", FIBER)]

    assert draw(Decimal("10.00"), [useless], TODAY, parts) == []


def test_a_scope_pays_no_more_than_what_it_is_for() -> None:
    boxes = grant("50.00", scope=WalletScope(component_codes=frozenset({"box"})))
    parts = [
        Part(Decimal("20.00"), FIBER, "base"),
        Part(Decimal("6.00"), FIBER, "box"),
        Part(Decimal("-4.00"), FIBER, "box"),
    ]

    drawn = draw(Decimal("22.00"), [boxes], TODAY, parts)

    assert [one.amount for one in drawn] == euros("6.00")


def test_credit_for_anything_leaves_to_others_what_only_they_can_pay() -> None:
    anything = grant("10.00", priority=0)
    boxes = grant("10.00", priority=1, scope=WalletScope(component_codes=frozenset({"box"})))
    parts = [Part(Decimal("10.00"), FIBER, "box"), Part(Decimal("10.00"), FIBER, "base")]

    drawn = draw(Decimal("20.00"), [boxes, anything], TODAY, parts)

    assert [one.amount for one in drawn] == euros("10.00", "10.00")


money = st.integers(0, 10**6).map(lambda n: Decimal(n).scaleb(-2))
grants = st.lists(
    st.builds(
        lambda left, priority, days, paid, scope: grant(
            str(left),
            priority=priority,
            expires_on=None if days is None else TODAY + timedelta(days),
            is_paid=paid,
            scope=scope,
        ),
        money,
        st.integers(0, 2),
        st.none() | st.integers(-2, 5),
        st.booleans(),
        st.sampled_from(
            [
                EVERYTHING,
                WalletScope(component_codes=frozenset({"box"})),
                WalletScope(plan_ids=frozenset({TV})),
            ]
        ),
    ),
    max_size=8,
)
some_parts = st.lists(
    st.builds(Part, money, st.sampled_from([FIBER, TV]), st.sampled_from(["base", "box"])),
    max_size=5,
)


@given(money, grants, some_parts)
def test_what_is_drawn_is_what_is_missing_afterwards(
    due: Decimal, given_grants: list[Grant], parts: list[Part]
) -> None:
    before = {one.id: one.left for one in given_grants}

    drawn = draw(due, given_grants, TODAY, parts)

    sums = {one.grant_id: one.amount for one in drawn}
    assert len(sums) == len(drawn)
    assert sum(sums.values(), Decimal(0)) <= due
    for one in given_grants:
        assert before[one.id] - sums.get(one.id, 0) == one.left >= 0
        assert sums.get(one.id, 1) > 0
    for code in ("base", "box"):
        scoped = [g for g in given_grants if g.scope.component_codes == {code}]
        most = sum((p.amount for p in parts if p.component_code == code), Decimal(0))
        assert sum((sums.get(one.id, Decimal(0)) for one in scoped), Decimal(0)) <= most


@given(money, grants)
def test_nothing_stays_due_while_there_is_credit_for_anything(
    due: Decimal, given_grants: list[Grant]
) -> None:
    drawn = draw(due, given_grants, TODAY)

    usable = [one for one in given_grants if one.scope == EVERYTHING]
    left = [one for one in usable if one.expires_on is None or one.expires_on > TODAY]
    paid = sum((one.amount for one in drawn), Decimal(0))
    assert paid == due or all(one.left == 0 for one in left)

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.discounts.applied import (
    Discountable,
    Discounts,
    Redeemed,
    after,
    apply_discounts,
)
from dotmac_billing.discounts.terms import EVERYTHING, DiscountKind, DiscountScope, VolumeTier

TODAY = date(2026, 11, 20)
FIBER, TV = UUID(int=1), UUID(int=2)  # plans
LINE_1, LINE_2 = UUID(int=11), UUID(int=12)  # subscriptions


@dataclass
class Bench:
    """Makes lines and redemptions that differ from the plain one only in what is named."""

    made: int = field(default=0)

    def line(
        self,
        amount: str,
        *,
        plan: UUID = FIBER,
        component: str = "base",
        quantity: str = "1",
        subscription: UUID = LINE_1,
        discountable: bool = True,
    ) -> Discountable:
        return Discountable(
            Decimal(amount), plan, None, component, Decimal(quantity), subscription, discountable
        )

    def off(
        self, value: str, kind: DiscountKind = DiscountKind.PERCENT, **more: object
    ) -> Redeemed:
        self.made += 1
        plain = Redeemed(
            id=UUID(int=100 + self.made),
            coupon_id=UUID(int=200 + self.made),
            customer_id=UUID(int=3),
            code=f"CODE{self.made}",
            name=f"{value} off",
            kind=kind,
            value=Decimal(value),
            currency="EUR" if kind is DiscountKind.FIXED else None,
            priority=0,
            scope=EVERYTHING,
            subscription_id=None,
            starts_on=TODAY,
            ends_on=None,
            uses_left=None,
            amount_left=None,
        )
        return plain._replace(**more)  # type: ignore[arg-type] # the tests name real fields

    def fixed(self, value: str, **more: object) -> Redeemed:
        return self.off(value, DiscountKind.FIXED, **more)


bench = Bench()
percent, fixed, line = bench.off, bench.fixed, bench.line


def taken(discounts: Discounts) -> list[tuple[int, str]]:
    return [(one.line, str(one.amount)) for one in discounts.per_line]


def total(discounts: Discounts) -> str:
    return str(sum((one.amount for one in discounts.per_line), Decimal("0.00")))


@pytest.mark.parametrize(
    ("redeemed", "expected"),
    [
        ([percent("0.1")], "10.00"),
        ([percent("1")], "100.00"),
        ([percent("0.1"), percent("0.2")], "28.00"),
        ([fixed("5.00")], "5.00"),
        ([fixed("250.00")], "100.00"),
        ([fixed("60.00"), fixed("60.00")], "100.00"),
        ([percent("0.1", priority=2), fixed("5.00", priority=1)], "14.50"),
        ([percent("0.1", priority=1), fixed("5.00", priority=2)], "15.00"),
        ([percent("1"), fixed("5.00", priority=1)], "100.00"),
        ([fixed("30.00", amount_left=Decimal("12.34"))], "12.34"),
        ([percent("0.1", minimum=Decimal("100.00"))], "10.00"),
        ([percent("0.1", minimum=Decimal("100.01"))], "0.00"),
        ([percent("0.1", uses_left=0)], "0.00"),
        ([fixed("5.00", amount_left=Decimal(0))], "0.00"),
        ([fixed("5.00", currency="USD")], "0.00"),
        ([percent("0.1", starts_on=date(2026, 11, 21))], "0.00"),
        ([percent("0.1", ends_on=TODAY)], "0.00"),
        ([percent("0.1", ends_on=date(2026, 11, 21))], "10.00"),
        ([percent("0.1", subscription_id=LINE_2)], "0.00"),
        ([percent("0.1", scope=DiscountScope(plan_ids=frozenset({TV})))], "0.00"),
        ([percent("0.1", scope=DiscountScope(frozenset({FIBER}), frozenset({"box"})))], "0.00"),
        ([percent("0.1", scope=DiscountScope(component_codes=frozenset({"base"})))], "10.00"),
        ([], "0.00"),
    ],
)
def test_what_is_taken_off_a_hundred(redeemed: list[Redeemed], expected: str) -> None:
    assert total(apply_discounts([line("100.00")], redeemed, TODAY, "EUR")) == expected


def test_a_percentage_is_rounded_once_and_spread_over_the_lines() -> None:
    lines = [line("3.33"), line("3.33"), line("3.33")]

    found = apply_discounts(lines, [percent("0.1")], TODAY, "EUR")

    assert taken(found) == [(0, "0.34"), (1, "0.33"), (2, "0.33")]  # 0.999 is 1.00


def test_a_fixed_amount_is_spread_over_what_it_is_for() -> None:
    lines = [line("10.00"), line("20.00", component="box"), line("30.00", component="box")]
    boxes = fixed("5.00", scope=DiscountScope(component_codes=frozenset({"box"})))

    assert taken(apply_discounts(lines, [boxes], TODAY, "EUR")) == [(1, "2.00"), (2, "3.00")]


def test_credits_and_what_is_not_discountable_are_left_alone() -> None:
    lines = [line("-20.00"), line("10.00", discountable=False), line("50.00"), line("0.00")]

    assert taken(apply_discounts(lines, [percent("0.5")], TODAY, "EUR")) == [(2, "25.00")]


@pytest.mark.parametrize(
    ("quantity", "off"), [("9", "0.00"), ("10", "0.00"), ("11", "5.00"), ("101", "20.00")]
)
def test_a_volume_discount_goes_by_the_quantity_of_the_line(quantity: str, off: str) -> None:
    tiers = (VolumeTier(Decimal(100), Decimal("0.2")), VolumeTier(Decimal(10), Decimal("0.05")))
    volume = percent("0", kind=DiscountKind.VOLUME, tiers=tiers)
    lines = [line("100.00", quantity=quantity), line("40.00")]

    assert total(apply_discounts(lines, [volume], TODAY, "EUR")) == off


def test_an_invoice_uses_a_redemption_once_and_only_if_it_took_something() -> None:
    once = percent("0.1", uses_left=1)
    carried = fixed("30.00", amount_left=Decimal("30.00"))
    other = percent("0.5", subscription_id=LINE_2, uses_left=3)
    lines = [line("10.00"), line("10.00")]

    found = apply_discounts(lines, [once, carried, other], TODAY, "EUR")

    assert found.used == {once.id: Decimal("2.00"), carried.id: Decimal("18.00")}
    first, second, third = after([once, carried, other], found.used)
    assert (first.uses_left, second.amount_left, third.uses_left) == (0, Decimal("12.00"), 3)


def test_a_currency_without_cents_is_discounted_in_whole_units() -> None:
    found = apply_discounts([line("999"), line("1")], [percent("0.15")], TODAY, "JPY")

    assert taken(found) == [(0, "150")]


cents = st.integers(0, 10**7).map(lambda n: Decimal(n).scaleb(-2))
codes = st.sampled_from(["base", "box"])
some_lines = st.lists(
    st.builds(
        lambda amount, code, quantity, allowed: line(
            str(amount), component=code, quantity=str(quantity), discountable=allowed
        ),
        cents.flatmap(lambda amount: st.sampled_from([amount, amount, amount, -amount])),
        codes,
        st.integers(1, 200),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=8,
)
shares = st.integers(0, 1000).map(lambda n: Decimal(n).scaleb(-3))
scopes = st.sampled_from([EVERYTHING, DiscountScope(component_codes=frozenset({"box"}))])
coupons = st.lists(
    st.one_of(
        st.builds(
            lambda v, p, s: percent(str(v), priority=p, scope=s), shares, st.integers(0, 3), scopes
        ),
        st.builds(
            lambda v, p, s: fixed(str(v), priority=p, scope=s), cents, st.integers(0, 3), scopes
        ),
        st.builds(
            lambda low, high: percent(
                "0",
                kind=DiscountKind.VOLUME,
                tiers=(VolumeTier(Decimal(10), low), VolumeTier(Decimal(100), high)),
            ),
            shares,
            shares,
        ),
    ),
    max_size=6,
)


@given(some_lines, coupons)
def test_no_set_of_coupons_takes_more_than_there_is(
    lines: list[Discountable], redeemed: list[Redeemed]
) -> None:
    found = apply_discounts(lines, redeemed, TODAY, "EUR")

    for n, one in enumerate(lines):
        off = sum((each.amount for each in found.per_line if each.line == n), Decimal(0))
        assert 0 <= off <= max(one.amount, Decimal(0))
        assert not off or one.is_discountable
    assert all(each.amount > 0 for each in found.per_line)
    for one_id, used in found.used.items():
        assert used == sum(each.amount for each in found.per_line if each.redemption_id == one_id)
    assert {each.redemption_id for each in found.per_line} == set(found.used)


@given(some_lines, coupons, st.randoms(use_true_random=False))
def test_the_order_in_which_coupons_were_read_does_not_matter(
    lines: list[Discountable], redeemed: list[Redeemed], random: object
) -> None:
    shuffled = list(redeemed)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis names its own class

    assert apply_discounts(lines, shuffled, TODAY, "EUR") == apply_discounts(
        lines, redeemed, TODAY, "EUR"
    )


@given(some_lines, shares)
def test_a_percentage_is_that_share_of_the_sum(lines: list[Discountable], share: Decimal) -> None:
    whole = sum((one.amount for one in lines if one.is_discountable and one.amount > 0), Decimal(0))

    off = sum(
        (
            each.amount
            for each in apply_discounts(lines, [percent(str(share))], TODAY, "EUR").per_line
        ),
        Decimal(0),
    )

    assert abs(off - whole * share) <= Decimal("0.005")

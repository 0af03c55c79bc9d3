"""How much of each line of an invoice is taken off, and what that uses up.

Discounts are taken before tax, at the line, in order of priority (lowest number first, then the
older): each sees what those before it have left, so that 10 % and 20 % make 28 %, and 5.00 before
10 % is less than 10 % before 5.00. Each is rounded once for an invoice and spread over the lines by
largest remainder, so that lines and discounts sum up exactly; no line goes below zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.discounts.terms import DiscountKind, DiscountScope, VolumeTier
from dotmac_core_ops.money import round_money, spread

_NOTHING = Decimal(0)


class Redeemed(NamedTuple):
    """A coupon as a customer has redeemed it: for all that is theirs, or one subscription.

    `value` is a fraction for a percentage (0.1 is 10 %), an amount in `currency` for a fixed one,
    and unused by volume `tiers`. `starts_on` is included, `ends_on` is not. `uses_left` None is
    without end; `amount_left` None means that what an invoice does not use of a fixed amount is
    lost. An invoice of less than `minimum` (what of it is in scope, before discounts) gets nothing.
    """

    id: UUID
    coupon_id: UUID
    customer_id: UUID
    code: str
    name: str
    kind: DiscountKind
    value: Decimal
    currency: str | None
    priority: int
    scope: DiscountScope
    subscription_id: UUID | None
    starts_on: date
    ends_on: date | None
    uses_left: int | None
    amount_left: Decimal | None
    minimum: Decimal = _NOTHING
    tiers: tuple[VolumeTier, ...] = ()


class Discountable(NamedTuple):
    """What discounts need to know of a line. `amount` is rounded, before discount and tax.

    Credits, fees for lateness and minimum commitments are not discountable; neither is a line of
    nothing or less.
    """

    amount: Decimal
    plan_id: UUID | None
    component_id: UUID | None
    component_code: str | None
    quantity: Decimal
    subscription_id: UUID | None
    is_discountable: bool = True


class LineDiscount(NamedTuple):
    """What is taken off a line (its index): `amount` is more than zero."""

    line: int
    redemption_id: UUID
    name: str
    amount: Decimal


class Discounts(NamedTuple):
    """All that is taken off, in the order of taking, and the amount by redemption.

    A redemption is in `used` only when it took something: that is one use of it.
    """

    per_line: list[LineDiscount]
    used: dict[UUID, Decimal]


class Use(NamedTuple):
    """A redemption that took `amount` off an invoice on the day `on`."""

    redemption_id: UUID
    invoice_id: UUID
    amount: Decimal
    on: date


def apply_discounts(
    lines: Sequence[Discountable], redeemed: Sequence[Redeemed], on: date, currency: str
) -> Discounts:
    """What `redeemed` takes off `lines` on the day `on`; see the module for order and rounding.

    The order of `redeemed` does not matter. A redemption of another currency takes nothing.

    Raises:
        InvalidAmountError: a line's amount is not in whole minor units.
        InvalidCurrencyError: `currency` is not an ISO 4217 code.
    """
    if not redeemed:
        return Discounts([], {})
    left = [line.amount for line in lines]
    found = Discounts([], {})
    for one in sorted(redeemed, key=lambda each: (each.priority, each.starts_on, each.id)):
        if not _is_usable(one, on, currency):
            continue
        eligible = [n for n, line in enumerate(lines) if line.amount > 0 and _is_for(one, line)]
        if sum((lines[n].amount for n in eligible), _NOTHING) < one.minimum:
            continue
        for n, amount in _taken(one, lines, eligible, left, currency):
            if amount:
                left[n] -= amount
                found.per_line.append(LineDiscount(n, one.id, one.name, amount))
                found.used[one.id] = found.used.get(one.id, _NOTHING) + amount
    return found


def after(redeemed: Sequence[Redeemed], used: Mapping[UUID, Decimal]) -> list[Redeemed]:
    """`redeemed` as the next invoice finds it when `used` of them was taken off one."""
    return [
        one
        if one.id not in used
        else one._replace(
            uses_left=None if one.uses_left is None else one.uses_left - 1,
            amount_left=None if one.amount_left is None else one.amount_left - used[one.id],
        )
        for one in redeemed
    ]


def _is_usable(one: Redeemed, on: date, currency: str) -> bool:
    return (
        one.starts_on <= on
        and (one.ends_on is None or on < one.ends_on)
        and (one.uses_left is None or one.uses_left > 0)
        and (one.amount_left is None or one.amount_left > 0)
        and one.currency in (None, currency)
    )


def _is_for(one: Redeemed, line: Discountable) -> bool:
    if not line.is_discountable or one.subscription_id not in (None, line.subscription_id):
        return False
    plans, codes = one.scope
    return (not plans or line.plan_id in plans) and (not codes or line.component_code in codes)


def _taken(
    one: Redeemed,
    lines: Sequence[Discountable],
    eligible: Sequence[int],
    left: Sequence[Decimal],
    currency: str,
) -> list[tuple[int, Decimal]]:
    """Line and amount, which may be zero."""
    if one.kind is DiscountKind.FIXED:
        most = one.value if one.amount_left is None else one.amount_left
        open_sum = sum((left[n] for n in eligible), _NOTHING)
        return _spread(round_money(min(most, open_sum), currency), eligible, left, currency)
    # By percentage, because lines of one percentage share their rounding: a share is then never
    # more than what is left of its line.
    by_percent: dict[Decimal, list[int]] = {}
    for n in eligible:
        by_percent.setdefault(_percent(one, lines[n].quantity), []).append(n)
    taken: list[tuple[int, Decimal]] = []
    for percent, group in by_percent.items():
        amount = sum((left[n] for n in group), _NOTHING) * percent
        taken += _spread(round_money(amount, currency), group, left, currency)
    return sorted(taken)


def _percent(one: Redeemed, quantity: Decimal) -> Decimal:
    if one.kind is DiscountKind.PERCENT:
        return one.value
    reached = [tier for tier in one.tiers if tier.above < quantity]
    return max(reached).percent_off if reached else _NOTHING


def _spread(
    amount: Decimal, group: Sequence[int], left: Sequence[Decimal], currency: str
) -> list[tuple[int, Decimal]]:
    if not amount:
        return []
    shares = spread(amount, [left[n] for n in group], currency)
    return list(zip(group, shares, strict=True))

"""What is said about a coupon when it is made, and who may redeem it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.discounts.errors import CouponNotRedeemableError, InvalidCouponError
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind, VolumeTier
from dotmac_core_ops.money import currency_exponent, round_money

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,39}")
_PERCENT_DIGITS = 6
_HIGHEST = Decimal(10) ** 12


@dataclass(frozen=True)
class NewCoupon:
    """A coupon to be. Fractions: 0.1 is 10 %. Days are half-open; None does not limit.

    `amounts` are what a fixed one takes off, by currency; what an invoice does not need of it is
    lost, unless it `carries_over` to the next. `minimums` are by currency what an invoice must come
    to, in scope and before discounts, to be discounted at all. Empty `plan_ids`, `component_codes`
    and `currencies` do not narrow. Lower `priority` is taken off first.
    """

    code: str
    name: str
    kind: DiscountKind
    percent_off: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    tiers: tuple[VolumeTier, ...] = ()
    duration: DiscountDuration = DiscountDuration.ONCE
    periods: int | None = None
    carries_over: bool = False
    priority: int = 0
    plan_ids: tuple[UUID, ...] = ()
    component_codes: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    minimums: Mapping[str, Decimal] = field(default_factory=dict)
    opens_on: date | None = None
    closes_on: date | None = None
    ends_on: date | None = None
    most_redemptions: int | None = None
    most_per_customer: int | None = None
    first_time_only: bool = False


def canonical(code: str) -> str:
    """The code as it is kept and compared: without blanks around it, in capitals."""
    return code.strip().upper()


def require_sound(new: NewCoupon) -> None:
    """Refuse what could not be taken off.

    Raises:
        InvalidCouponError: names the field that is wrong.
        InvalidCurrencyError: a currency is not one of ISO 4217.
    """
    if not _CODE.fullmatch(canonical(new.code)):
        raise InvalidCouponError("A code has up to 40 letters, digits, - and _.", "code")
    _require_value(new)
    if (new.periods is not None) != (new.duration is DiscountDuration.REPEATING):
        raise InvalidCouponError("Repeating, and only that, is for a number of periods.", "periods")
    if new.periods is not None and new.periods < 1:
        raise InvalidCouponError("It repeats at least once.", "periods")
    if new.carries_over and new.kind is not DiscountKind.FIXED:
        raise InvalidCouponError("Only a fixed amount can carry over.", "carries_over")
    if new.carries_over and new.duration is DiscountDuration.FOREVER:
        raise InvalidCouponError("What comes anew for ever carries nothing over.", "carries_over")
    _require_money(new.minimums, "minimums")
    _require_limits(new)


def _require_limits(new: NewCoupon) -> None:
    for currency in new.currencies:
        currency_exponent(currency)
    for name in ("most_redemptions", "most_per_customer"):
        limit = getattr(new, name)
        if limit is not None and limit < 1:
            raise InvalidCouponError("A limit is at least 1.", name)
    for name in ("closes_on", "ends_on"):
        day = getattr(new, name)
        if day is not None and new.opens_on is not None and day <= new.opens_on:
            raise InvalidCouponError("It ends after it begins.", name)


def _require_value(new: NewCoupon) -> None:
    given = {
        "percent_off": new.percent_off is not None,
        "amounts": bool(new.amounts),
        "tiers": bool(new.tiers),
    }
    wanted = {
        DiscountKind.PERCENT: "percent_off",
        DiscountKind.FIXED: "amounts",
        DiscountKind.VOLUME: "tiers",
    }[new.kind]
    for name, is_given in given.items():
        if is_given != (name == wanted):
            raise InvalidCouponError(f"A {new.kind.value} coupon has {wanted} only.", name)
    if new.percent_off is not None:
        _require_fraction(new.percent_off, "percent_off")
    if new.amounts and new.currencies:
        raise InvalidCouponError("The amounts say in which currencies it is.", "currencies")
    _require_money(new.amounts, "amounts")
    for tier in new.tiers:
        _require_fraction(tier.percent_off, "tiers")
        if not tier.above.is_finite() or not 0 <= tier.above <= _HIGHEST:
            raise InvalidCouponError("A tier begins at 0 or above.", "tiers")
    if len({tier.above for tier in new.tiers}) < len(new.tiers):
        raise InvalidCouponError("Two tiers begin at the same quantity.", "tiers")


def _require_fraction(share: Decimal, name: str) -> None:
    if not share.is_finite() or not 0 < share <= 1 or share != round(share, _PERCENT_DIGITS):
        raise InvalidCouponError("A fraction is above 0 and at most 1: 0.1 is 10 %.", name)


def _require_money(amounts: Mapping[str, Decimal], name: str) -> None:
    for currency, amount in amounts.items():
        if not amount.is_finite() or not 0 < amount <= _HIGHEST:
            raise InvalidCouponError("An amount is above 0.", name)
        if amount != round_money(amount, currency):
            raise InvalidCouponError(f"{amount} is no amount of {currency}.", name)


@dataclass(frozen=True)
class Limits:
    """When, in what and how often a coupon may be redeemed; see `NewCoupon`. None: no limit.

    `currencies` None is any.
    """

    is_archived: bool
    opens_on: date | None
    closes_on: date | None
    ends_on: date | None
    most_redemptions: int | None
    most_per_customer: int | None
    first_time_only: bool
    currencies: frozenset[str] | None
    redemptions: int
    code: str


@dataclass(frozen=True)
class Redeemer:
    """Who wants to redeem it: how often before, and whether an invoice was ever issued to them."""

    currency: str
    redemptions: int
    has_it_already: bool
    was_invoiced: bool


def require_redeemable(limits: Limits, who: Redeemer, today: date) -> None:
    """Refuse a redemption on the day `today`.

    Raises:
        CouponNotRedeemableError: `reason` says which limit stands in the way.
    """
    closes = min((day for day in (limits.closes_on, limits.ends_on) if day), default=None)
    refusals = (
        (limits.is_archived, "archived", "This coupon is not redeemed any more."),
        (
            limits.opens_on is not None and today < limits.opens_on,
            "not_open_yet",
            f"This coupon is redeemed from {limits.opens_on} on.",
        ),
        (
            closes is not None and today >= closes,
            "closed",
            f"This coupon is not redeemed any more since {closes}.",
        ),
        (
            limits.most_redemptions is not None and limits.redemptions >= limits.most_redemptions,
            "used_up",
            "This coupon has been redeemed as often as it could.",
        ),
        (who.has_it_already, "redeemed_already", "The customer has this discount already."),
        (
            limits.most_per_customer is not None and who.redemptions >= limits.most_per_customer,
            "used_by_customer",
            "The customer has redeemed this coupon as often as one may.",
        ),
        (
            limits.first_time_only and who.was_invoiced,
            "not_first_time",
            "This coupon is for customers who have had no invoice yet.",
        ),
        (
            limits.currencies is not None and who.currency not in limits.currencies,
            "wrong_currency",
            f"This coupon is not for {who.currency}.",
        ),
    )
    for stands_in_the_way, reason, sentence in refusals:
        if stands_in_the_way:
            raise CouponNotRedeemableError(reason, sentence, limits.code)

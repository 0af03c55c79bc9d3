"""What is said about a subscription that is started, and what that makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_billing.subscriptions.errors import (
    AgreedPriceNotPossibleError,
    InvalidSubscriptionError,
    UnknownComponentError,
)
from dotmac_billing.subscriptions.prices import UNIT_PRICE, list_price

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
MOST_ITEMS = 100
HIGHEST_AMOUNT = Decimal(10) ** 12  # an item's: sums of items stay within MoneyAmount
_QUANTITY_DIGITS = 9
_PRICE_DIGITS = 12
_ONE = Decimal(1)


class Payer(NamedTuple):
    """What a subscription copies from its customer.

    `payer_id` is the parent who pays for it, `group` whose invoice its subscriptions are on
    together; None when it pays itself, and each subscription apart.
    """

    currency: str
    time_zone: str
    has_payment_method: bool = False
    payer_id: UUID | None = None
    group: UUID | None = None


@dataclass(frozen=True, slots=True)
class StartItem:
    """A component of the plan by its code. `agreed_price` None means the list price.

    `starts_on` and `ends_on` (half-open) limit it to some of the subscription's days.
    """

    component: str
    quantity: Decimal = _ONE
    agreed_price: Decimal | None = None
    description: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class StartSubscription:
    """A subscription to be. Without `items` it has every component of the plan once.

    `anchor_on` None means the first day after the trial, or what the plan aligns it to; any other
    day makes the first period a stub that ends on the next boundary counted from the anchor.
    `end_on` is the first day not served; `is_cancelled` says that a cancellation set it, not a term
    agreed at the start. `has_trial` False leaves out the plan's trial. `term_months` and `renews`
    None mean the plan's.
    """

    customer_id: UUID
    plan_version_id: UUID
    start_on: date
    items: tuple[StartItem, ...] = ()
    anchor_on: date | None = None
    end_on: date | None = None
    is_cancelled: bool = False
    external_id: str | None = None
    id: UUID | None = None
    has_trial: bool = True
    term_months: int | None = None
    renews: bool | None = None
    transferred_from_id: UUID | None = None


@dataclass(frozen=True)
class SubscriptionsStarted:
    """How many are new, how many external ids were known, and each row's id, in their order."""

    started: int
    skipped: int
    ids: tuple[UUID, ...] = field(repr=False)


def chosen(
    start: StartSubscription, plan: PublishedPlan, currency: str
) -> list[tuple[StartItem, PublishedComponent]]:
    """The items with their components; every component once when none were named.

    Raises:
        UnknownComponentError: the plan has no component of that code.
        InvalidSubscriptionError: too many items, a quantity or price that cannot be charged, or no
            price in `currency`.
    """
    if not start.items:
        if currency != plan.currency:
            for one in plan.components:
                list_price(one, currency)
        return [(StartItem(component.code), component) for component in plan.components]
    if len(start.items) > MOST_ITEMS:
        raise InvalidSubscriptionError(f"A subscription has at most {MOST_ITEMS} items.")
    pairs = []
    for item in start.items:
        component = plan.component(item.component)
        if component is None:
            raise UnknownComponentError(item.component, plan.code)
        require_chargeable(item, component, currency)
        pairs.append((item, component))
    return pairs


def require_chargeable(item: StartItem, component: PublishedComponent, currency: str) -> None:
    """Refuse an item that could not be charged.

    Raises:
        InvalidSubscriptionError: a quantity, price or window that makes no sense, an amount beyond
            all measure, or no price in `currency`.
        AgreedPriceNotPossibleError: a price is agreed where the model has none of a unit.
    """
    quantity, price = item.quantity, item.agreed_price
    if quantity is not _ONE:
        if not quantity.is_finite() or quantity <= 0:
            raise _refused("A quantity is above 0.", item)
        if component.model is ChargeModel.FLAT and quantity != 1:
            raise _refused("The price of this component is flat: its quantity is 1.", item)
        if quantity != round(quantity, _QUANTITY_DIGITS):
            raise _refused(f"A quantity has at most {_QUANTITY_DIGITS} decimals.", item)
    if price is not None:
        _require_agreeable(item, component, price)
    each = list_price(component, currency) if price is None else price
    if quantity * each > HIGHEST_AMOUNT:
        raise _refused(f"An item costs at most {HIGHEST_AMOUNT:,} a period.", item)
    if item.starts_on and item.ends_on and item.ends_on <= item.starts_on:
        raise _refused("An item must end after it starts.", item)


def _require_agreeable(item: StartItem, component: PublishedComponent, price: Decimal) -> None:
    if component.model not in UNIT_PRICE:
        raise AgreedPriceNotPossibleError(component.code, component.model.value)
    if not price.is_finite() or price < 0:
        raise _refused("A price is not below 0.", item)
    if price != round(price, _PRICE_DIGITS):
        raise _refused(f"A price has at most {_PRICE_DIGITS} decimals.", item)


def _refused(problem: str, item: StartItem) -> InvalidSubscriptionError:
    return InvalidSubscriptionError(problem, component=item.component)


_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: none that is read as another


def number_of(subscription_id: UUID) -> str:
    """A number that people can read out, from the random end of the id: `SUB-7K3QX9M2FD`.

    Not counted up, so that starting subscriptions never waits for the one before.
    """
    rest = subscription_id.int & 0x3_FFFF_FFFF_FFFF  # ten letters of five bits
    return "SUB-" + "".join([_LETTERS[rest >> shift & 31] for shift in range(45, -1, -5)])

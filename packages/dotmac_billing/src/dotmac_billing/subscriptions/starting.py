"""What is said about a subscription that is started, and what that makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import BillingCycle, ChargeModel, ComponentKind
from dotmac_billing.mrr.monthly import RecurringItem
from dotmac_billing.subscriptions.errors import InvalidSubscriptionError, UnknownComponentError
from dotmac_billing.subscriptions.periods import next_bill, period_index
from dotmac_billing.subscriptions.states import SubscriptionStatus

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
MOST_ITEMS = 100
HIGHEST_AMOUNT = Decimal(10) ** 12  # an item's: sums of items stay within MoneyAmount
_QUANTITY_DIGITS = 9
_PRICE_DIGITS = 12
_ONE = Decimal(1)


class Payer(NamedTuple):
    """What a subscription copies from its customer."""

    currency: str
    time_zone: str


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

    `anchor_on` None means the start; any other day makes the first period a stub that ends on the
    next boundary counted from the anchor. `end_on` is the first day not served; `is_cancelled` says
    that a cancellation set it, not a term agreed at the start.
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


@dataclass(frozen=True)
class SubscriptionsStarted:
    """How many are new, how many external ids were known, and each row's id, in their order."""

    started: int
    skipped: int
    ids: tuple[UUID, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where a subscription stands when it is made."""

    anchor_on: date
    end_on: date | None
    status: SubscriptionStatus
    next_period: int
    next_bill_on: date | None


def schedule(start: StartSubscription, plan: PublishedPlan, today: date) -> Schedule:
    """When it is billed first, and its state today. A one-time plan ends with its only day.

    Raises:
        InvalidSubscriptionError: days outside 1900 to 2200, an end not after the start, or an
            anchor for a plan that is charged once.
    """
    start_on, end_on = start.start_on, start.end_on
    anchor_on = start.anchor_on or start_on
    if plan.cycle is BillingCycle.ONE_TIME:
        if anchor_on != start_on:
            raise InvalidSubscriptionError("A plan that is charged once has no anchor.")
        end_on = end_on or start_on + timedelta(days=1)
    for day in (start_on, anchor_on, end_on):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise InvalidSubscriptionError("A day lies between 1900 and 2200.", day=day)
    if end_on is not None and end_on <= start_on:
        raise InvalidSubscriptionError("It must end after it starts.", end_on=end_on)
    first = period_index(anchor_on, plan.cycle, start_on)
    return Schedule(
        anchor_on,
        end_on,
        _status(start_on, end_on, today, is_cancelled=start.is_cancelled),
        first,
        next_bill(
            first,
            anchor_on=anchor_on,
            cycle=plan.cycle,
            timing=plan.timing,
            start_on=start_on,
            end_on=end_on,
        ),
    )


def _status(
    start_on: date, end_on: date | None, today: date, *, is_cancelled: bool
) -> SubscriptionStatus:
    if end_on is not None and end_on <= today:
        return SubscriptionStatus.CANCELLED if is_cancelled else SubscriptionStatus.EXPIRED
    return SubscriptionStatus.PENDING if today < start_on else SubscriptionStatus.ACTIVE


def chosen(
    start: StartSubscription, plan: PublishedPlan
) -> list[tuple[StartItem, PublishedComponent]]:
    """The items with their components; every component once when none were named.

    Raises:
        UnknownComponentError: the plan has no component of that code.
        InvalidSubscriptionError: too many items, a quantity or price that cannot be charged, or a
            flat component more than once.
    """
    if not start.items:
        return [(StartItem(component.code), component) for component in plan.components]
    if len(start.items) > MOST_ITEMS:
        raise InvalidSubscriptionError(f"A subscription has at most {MOST_ITEMS} items.")
    pairs = []
    for item in start.items:
        component = plan.component(item.component)
        if component is None:
            raise UnknownComponentError(item.component, plan.code)
        _require_chargeable(item, component)
        pairs.append((item, component))
    return pairs


def _require_chargeable(item: StartItem, component: PublishedComponent) -> None:
    quantity, price = item.quantity, item.agreed_price
    if quantity is not _ONE:
        if not quantity.is_finite() or quantity <= 0:
            raise _refused("A quantity is above 0.", item)
        if component.model is ChargeModel.FLAT and quantity != 1:
            raise _refused("The price of this component is flat: its quantity is 1.", item)
        if quantity != round(quantity, _QUANTITY_DIGITS):
            raise _refused(f"A quantity has at most {_QUANTITY_DIGITS} decimals.", item)
    if price is not None:
        if not price.is_finite() or price < 0:
            raise _refused("A price is not below 0.", item)
        if price != round(price, _PRICE_DIGITS):
            raise _refused(f"A price has at most {_PRICE_DIGITS} decimals.", item)
    if quantity * (component.unit_price if price is None else price) > HIGHEST_AMOUNT:
        raise _refused(f"An item costs at most {HIGHEST_AMOUNT:,} a period.", item)
    if item.starts_on and item.ends_on and item.ends_on <= item.starts_on:
        raise _refused("An item must end after it starts.", item)


def _refused(problem: str, item: StartItem) -> InvalidSubscriptionError:
    return InvalidSubscriptionError(problem, component=item.component)


def recurring(pairs: list[tuple[StartItem, PublishedComponent]]) -> list[RecurringItem]:
    """What of the items counts as recurring revenue."""
    return [
        RecurringItem(
            item.quantity
            * (component.unit_price if item.agreed_price is None else item.agreed_price),
            item.starts_on,
            item.ends_on,
        )
        for item, component in pairs
        if component.kind is ComponentKind.RECURRING
    ]


_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: none that is read as another


def number_of(subscription_id: UUID) -> str:
    """A number that people can read out, from the random end of the id: `SUB-7K3QX9M2FD`.

    Not counted up, so that starting subscriptions never waits for the one before.
    """
    rest = subscription_id.int & 0x3_FFFF_FFFF_FFFF  # ten letters of five bits
    return "SUB-" + "".join([_LETTERS[rest >> shift & 31] for shift in range(45, -1, -5)])

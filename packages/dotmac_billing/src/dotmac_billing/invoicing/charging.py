"""What a period of a subscription costs: the one rule for the bill run and for its preview."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.terms import BillingTiming
from dotmac_billing.subscriptions.periods import Period, bill_date, served
from dotmac_billing.tax.rates import TaxRates
from dotmac_core_ops.money import currency_exponent


class BilledSubscription(NamedTuple):
    """What `bill` needs to know of a subscription. `end_on` is the first day not served."""

    currency: str
    timing: BillingTiming
    start_on: date
    end_on: date | None


class BilledItem(NamedTuple):
    """An item with what its component says. `agreed_price` None means the list price."""

    item_id: UUID
    component_id: UUID
    description: str
    is_one_time: bool
    quantity: Decimal
    list_price: Decimal
    agreed_price: Decimal | None
    tax_code: str | None
    starts_on: date | None
    ends_on: date | None


class Line(NamedTuple):
    """A line of an invoice; `net` is rounded to the currency, the price is not."""

    item_id: UUID | None
    component_id: UUID | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str | None
    tax_rate: Decimal | None
    period_start: date | None
    period_end: date | None


def bill(
    subscription: BilledSubscription, items: Iterable[BilledItem], whole: Period, rates: TaxRates
) -> list[Line]:
    """The lines for the days of `whole` that the subscription serves, in the order of `items`.

    A recurring item costs its price for each unit; of a period of which it covers some days only,
    that share of days. A one-time item is charged in full in the period its first day lies in.
    Tax is that of the day of billing. Nothing is rounded before the line's net amount.

    Raises:
        TaxRateMissingError: an item's tax has no rate on that day.
    """
    part = served(whole, subscription.start_on, subscription.end_on)
    if part is None:
        return []
    taxed_on = bill_date(part, subscription.timing)
    quantum = Decimal(1).scaleb(-currency_exponent(subscription.currency))
    lines: list[Line] = []
    for item in items:
        covered = _covered(item, part, subscription.start_on)
        if covered is None:
            continue
        price = item.list_price if item.agreed_price is None else item.agreed_price
        amount = item.quantity * price
        if not item.is_one_time and covered != whole:
            amount = amount * covered.days / whole.days
        code = item.tax_code
        lines.append(
            Line(
                item.item_id,
                item.component_id,
                item.description,
                item.quantity,
                price,
                # `round_money` itself, with what does not change within the invoice taken out.
                amount.quantize(quantum, ROUND_HALF_UP),
                code,
                None if code is None else rates.on(code, taxed_on),
                covered.start,
                covered.end,
            )
        )
    return lines


def _covered(item: BilledItem, part: Period, start_on: date) -> Period | None:
    """The days of `part` that the item is charged for; None when it is not charged."""
    starts_on, ends_on = item.starts_on, item.ends_on
    if item.is_one_time:
        first = start_on if starts_on is None or starts_on < start_on else starts_on
        return part if part.start <= first < part.end else None
    if starts_on is None and ends_on is None:
        return part
    return served(part, starts_on or part.start, ends_on)

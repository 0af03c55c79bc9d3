"""From what was read of subscriptions to what of them is to be billed before its period is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.assembly.billed import Billed, UsageKey
from dotmac_billing.assembly.charging import charges
from dotmac_billing.assembly.decision import Bill, Moment
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.catalog.thresholds import BillingThresholds
from dotmac_billing.charges.measured import Measured
from dotmac_billing.subscriptions.moments import Due
from dotmac_billing.thresholds.reached import Reached, Used, reached

_NOTHING = Decimal(0)
_NOT_YET = Billed(_NOTHING, _NOTHING, _NOTHING, date.min)


@dataclass(slots=True)
class Watched:
    """A subscription with its thresholds, and the metered items of its running periods."""

    subscription: DueSubscription
    thresholds: BillingThresholds
    dues: list[Due[BilledItem]]
    today: date


@dataclass(slots=True)
class ToBill:
    """Bills to make of subscriptions that have reached a threshold, and which."""

    bills: list[Bill] = field(default_factory=list)
    why: dict[UUID, Reached] = field(default_factory=dict)


def used_by(
    watched: Watched, measured: Mapping[UsageKey, Measured], billed: Mapping[UsageKey, Billed]
) -> list[Used]:
    """What each of the items comes to so far, in their order.

    Raises:
        InvoiceTooLargeError: an amount is over a million millions.
    """
    found = []
    for due in watched.dues:
        key = _key(watched, due)
        usage = measured.get(key, Measured(_NOTHING))
        owner = watched.subscription
        line = charges(due, usage, owner.id, owner.currency)[0]
        before = billed.get(key, _NOT_YET)
        code = due.item.priced.component.code
        found.append(Used(code, line.amount, before.amount, usage.quantity, before.quantity))
    return found


def to_bill(
    watched: Sequence[Watched],
    measured: Mapping[UsageKey, Measured],
    billed: Mapping[UsageKey, Billed],
) -> ToBill:
    """A bill for each subscription that has reached a threshold, of all that is not billed yet.

    It is on an invoice of its own, whatever the bills at the end of the period are on.

    Raises:
        InvoiceTooLargeError: see `used_by`.
    """
    found = ToBill()
    for one in watched:
        owner = one.subscription
        used = used_by(one, measured, billed)
        why = reached(one.thresholds, owner.currency, used)
        if why is None:
            continue
        open_dues = [
            due
            for due, so_far in zip(one.dues, used, strict=True)
            if so_far.amount != so_far.billed
        ]
        alone = owner._replace(invoice_group=None)
        found.bills.append(Bill(alone, [Moment(one.today, open_dues)], owner.next_bill_on))
        found.why[owner.id] = why
    return found


def _key(watched: Watched, due: Due[BilledItem]) -> UsageKey:
    return watched.subscription.id, due.item.item_id, due.part.start

"""What a chunk of due subscriptions comes to: drafts, next dates, and what cannot be billed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, repeat
from operator import attrgetter
from uuid import UUID

from dotmac_billing.invoicing.charging import BilledItem
from dotmac_billing.invoicing.draft import Draft, DueSubscription, PeriodBill, upcoming
from dotmac_billing.settings.due import due_on
from dotmac_billing.tax.rates import TaxRates
from dotmac_core_ops.database import new_ids
from dotmac_core_ops.errors import DomainError


@dataclass(frozen=True)
class Terms:
    """What a whole run goes by. `through` is included; `today` gives the day in a zone.

    A historical run issues each invoice on the day it was due to be billed; any other issues it
    today, in the subscription's zone.
    """

    historical: bool
    payment_terms_days: int
    today: Callable[[str], date]


@dataclass(frozen=True, slots=True)
class Failure:
    """A subscription that was left as it is, and the refusal's code and sentence."""

    subscription_id: UUID
    code: str
    message: str


@dataclass(slots=True)
class Decision:
    """Drafts in the order they are to be numbered; `moved` is (id, next period, next bill date)."""

    drafts: list[Draft] = field(default_factory=list)
    moved: list[tuple[UUID, int, date | None]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def decide(
    due: Collection[DueSubscription],
    items: Mapping[UUID, list[BilledItem]],
    rates: TaxRates,
    terms: Terms,
    wave: date,
    *,
    billed: AbstractSet[tuple[UUID, date | None]] = frozenset(),
) -> Decision:
    """Bill each subscription up to and including `wave`, without those periods already `billed`.

    A subscription that cannot be billed is among the failures and has no draft at all, so that its
    periods stay in order.
    """
    decision = Decision()
    ids = chain.from_iterable(new_ids(len(due)) for _ in repeat(None))
    today: dict[str, date] = {}
    for subscription in due:
        zone = subscription.time_zone
        if zone not in today:
            today[zone] = terms.today(zone)
        drafts: list[Draft] = []
        n, bill_on = subscription.next_period, subscription.next_bill_on
        try:
            for bill in upcoming(subscription, items.get(subscription.id, []), rates, wave):
                n, bill_on = bill.next_period, bill.next_bill_on
                if bill.lines and (subscription.id, bill.period_start) not in billed:
                    issued_on = bill.bill_on if terms.historical else today[zone]
                    drafts.append(_draft(next(ids), subscription, bill, issued_on, terms))
        except DomainError as error:
            decision.failures.append(Failure(subscription.id, error.code, error.message))
            continue
        decision.drafts += drafts
        decision.moved.append((subscription.id, n, bill_on))
    decision.drafts.sort(key=attrgetter("bill_on"))
    return decision


def _draft(
    invoice_id: UUID,
    subscription: DueSubscription,
    bill: PeriodBill,
    issued_on: date,
    terms: Terms,
) -> Draft:
    return Draft(
        invoice_id=invoice_id,
        customer_id=subscription.customer_id,
        subscription_id=subscription.id,
        period_start=bill.period_start,
        period_end=bill.period_end,
        bill_on=bill.bill_on,
        issued_on=issued_on,
        due_on=due_on(issued_on, subscription.terms_days, terms.payment_terms_days),
        currency=subscription.currency,
        lines=bill.lines,
        totals=bill.totals,
    )

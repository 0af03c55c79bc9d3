"""Somebody who subscribes to a plan, and the invoices that would come of it.

Everything here is what a real start and a real bill run call: the opening items, the moments, the
charges, the assembly. Only what they read from the database is imagined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

from dotmac_billing.assembly.billed import UsageKey
from dotmac_billing.assembly.decision import (
    Bill,
    Facts,
    Terms,
    bill_of,
    decide,
)
from dotmac_billing.assembly.draft import Draft, DueSubscription
from dotmac_billing.assembly.item import BilledItem, priced
from dotmac_billing.assembly.taxing import TreatmentOf
from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.charges.measured import Measured
from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.invoicing.moments import next_moments
from dotmac_billing.simulation.errors import NotMeteredError
from dotmac_billing.simulation.used import NOTHING, SUMMING, Counting, ImaginedUsage, measured
from dotmac_billing.simulation.within_periods import within_periods
from dotmac_billing.subscriptions.errors import UnknownComponentError
from dotmac_billing.subscriptions.moments import Days, next_moment, rhythms
from dotmac_billing.subscriptions.opening_items import opening_items
from dotmac_billing.subscriptions.schedule import schedule
from dotmac_billing.subscriptions.starting import Payer, StartItem, StartSubscription, chosen
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_billing.tax.treatment import AppliedTax, treatment_of
from dotmac_core_ops.database import new_id

ONE_RATE = "TAX"
"""The tax code of a rate that is asked about without a tax."""


@dataclass(frozen=True)
class Scenario:
    """Who subscribes to what, from which day, and how much is used.

    `periods` is how many invoices are wanted. `usage` is by component code, `meters` by their
    own. The customer has a payment method, so that a trial goes on into the next phase.
    """

    plan: PublishedPlan
    currency: str
    time_zone: str
    start_on: date
    periods: int = 1
    items: tuple[StartItem, ...] = ()
    anchor_on: date | None = None
    end_on: date | None = None
    has_trial: bool = True
    usage: Mapping[str, ImaginedUsage] = field(default_factory=dict)
    meters: Mapping[str, Counting] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The invoices in the order of their days, and how many single uses none of them bills."""

    drafts: Sequence[Draft]
    unbilled_uses: int


def taxed_as(plan: PublishedPlan, tax_code: str, *, always: bool) -> PublishedPlan:
    """The plan with that tax on every component, or (not `always`) on those that name none."""
    components = tuple(
        one if one.tax_code is not None and not always else replace(one, tax_code=tax_code)
        for one in plan.components
    )
    return replace(plan, components=components)


def one_rate(rate: Decimal) -> TreatmentOf:
    """The same rate (a fraction) on everything and on every day."""
    treatment = treatment_of(AppliedTax(ONE_RATE, ONE_RATE, rate))
    return lambda _code, _on: treatment


def outcome(
    scenario: Scenario,
    treatments: TreatmentOf,
    redeemed: Sequence[Redeemed],
    terms: Terms,
) -> Outcome:
    """The invoices of the scenario, with those taxes and coupons.

    Raises:
        UnknownComponentError, NotMeteredError: an item or usage of what the plan does not have.
        InvalidSubscriptionError, PriceCurrencyMissingError: it could not be started like that.
        TaxRateMissingError and the others: see `assemble`.
    """
    _require_metered(scenario)
    bill = imagined_bill(scenario, terms.today)
    used = _used(bill, scenario)
    facts = Facts(
        lambda _: treatments,
        used,
        redeemed={bill.subscription.payer_id: list(redeemed)} if redeemed else {},
    )
    thresholds = scenario.plan.thresholds
    parts, facts.interim = within_periods(
        bill, thresholds, scenario.usage, scenario.meters, facts=facts, terms=terms
    )
    decision = decide([bill], facts, terms)
    decision.refuse_failures()
    drafts = sorted([*parts, *decision.drafts], key=attrgetter("bill_on"))
    return Outcome(drafts, _unbilled(bill, scenario.usage))


def imagined_bill(scenario: Scenario, today: Callable[[str], date]) -> Bill:
    """The subscription that would be started, with its first moments."""
    plan, start_on = scenario.plan, scenario.start_on
    payer = Payer(scenario.currency, scenario.time_zone, has_payment_method=True)
    start = StartSubscription(
        customer_id=new_id(),
        plan_version_id=plan.id,
        start_on=start_on,
        items=scenario.items,
        anchor_on=scenario.anchor_on,
        end_on=scenario.end_on,
        has_trial=scenario.has_trial,
    )
    planned = schedule(start, plan, payer, today(scenario.time_zone))
    pairs = chosen(start, plan, scenario.currency)
    items = [
        _billed(row, component, plan.plan_id, scenario.currency)
        for row, component in opening_items(pairs, plan, planned, iter(new_id, None))
    ]
    days = Days(planned.anchor_on, start_on, planned.charged_until)
    subscription = DueSubscription(
        id=new_id(),
        customer_id=start.customer_id,
        payer_id=start.customer_id,
        invoice_group=None,
        currency=scenario.currency,
        time_zone=scenario.time_zone,
        anchor_on=days.anchor_on,
        start_on=days.start_on,
        end_on=days.end_on,
        billed_on=None,
        next_bill_on=next_moment(rhythms(days, items), None),
        terms_days=None,
        payer_version=1,
    )
    through = next_moments(subscription, items, scenario.periods)
    return bill_of(subscription, items, date.min if through is None else through)


def _billed(
    row: ItemWindow, component: PublishedComponent, plan_id: UUID, currency: str
) -> BilledItem:
    return BilledItem(
        row.id,
        priced(component, plan_id, currency),
        row.description,
        row.quantity,
        row.agreed_price,
        row.percent_off,
        row.cycle,
        row.timing,
        row.is_one_time,
        row.anchor_on,
        row.starts_on,
        row.ends_on,
    )


def _used(bill: Bill, scenario: Scenario) -> dict[UsageKey, Measured]:
    """What each metered item that is due has used; a total counts in a period's first part."""
    found: dict[UsageKey, Measured] = {}
    periods: dict[str, list[date]] = {}
    for moment in bill.moments:
        for due in moment.dues:
            price = due.item.priced
            if not price.is_metered:
                continue
            code = price.component.code
            known = periods.setdefault(code, [])
            imagined = scenario.usage.get(code, NOTHING)
            if due.whole.start in known:
                imagined = replace(imagined, totals=())
            else:
                known.append(due.whole.start)
            key = (bill.subscription.id, due.item.item_id, due.part.start)
            counting = scenario.meters.get(price.component.meter or "", SUMMING)
            found[key] = measured(imagined, due.part, len(known) - 1, price.time_of_use, counting)
    return found


def _unbilled(bill: Bill, usage: Mapping[str, ImaginedUsage]) -> int:
    billed = {
        (due.item.priced.component.code, due.part) for moment in bill.moments for due in moment.dues
    }
    return sum(len(imagined.uses) for imagined in usage.values()) - sum(
        len(usage.get(code, NOTHING).within(part)) for code, part in billed
    )


def _require_metered(scenario: Scenario) -> None:
    for code in scenario.usage:
        component = scenario.plan.component(code)
        if component is None:
            raise UnknownComponentError(code, scenario.plan.code)
        if component.kind is not ComponentKind.USAGE:
            raise NotMeteredError(code)

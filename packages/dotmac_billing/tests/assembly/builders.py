"""Items, subscriptions and bills as they are read, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.assembly.decision import Facts, Terms, bill_of, decide
from dotmac_billing.assembly.draft import Draft, DueSubscription
from dotmac_billing.assembly.item import BilledItem, priced
from dotmac_billing.assembly.taxing import TreatmentOf
from dotmac_billing.catalog.plan import PublishedComponent
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.settings.due import DueRule, DueTerms
from dotmac_billing.subscriptions.moments import Days, next_moment, rhythms
from dotmac_billing.tax.buyer import UNKNOWN_BUYER
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.rates import TaxRates
from dotmac_core_ops.database import new_id

SOMEBODY = UUID(int=1)


def item(
    price: str = "31.00",
    *,
    quantity: str = "1",
    agreed: str | None = None,
    off: str | None = None,
    one_time: bool = False,
    tax: str | None = None,
    includes_tax: bool = False,
    starts: date | None = None,
    ends: date | None = None,
    cycle: BillingCycle = BillingCycle.MONTHLY,
    timing: BillingTiming = BillingTiming.ARREARS,
    currency: str = "EUR",
    model: ChargeModel = ChargeModel.PER_UNIT,
    parameters: Mapping[str, object] | None = None,
    meter: str | None = None,
    is_prorated: bool = True,
) -> BilledItem:
    """An item at `price` for each unit, or with a model of its own."""
    component = PublishedComponent(
        id=SOMEBODY,
        code="base",
        name="Internet",
        kind=ComponentKind.RECURRING if meter is None else ComponentKind.USAGE,
        model=model,
        unit_price=Decimal(price),
        tax_code=tax,
        cycle=cycle,
        timing=timing,
        prices={currency: parameters or {"unit_price": price}},
        meter=meter,
        is_prorated=is_prorated,
        includes_tax=includes_tax,
    )
    return BilledItem(
        item_id=new_id(),
        priced=priced(component, SOMEBODY, currency),
        description="Internet",
        quantity=Decimal(quantity),
        agreed_price=None if agreed is None else Decimal(agreed),
        percent_off=None if off is None else Decimal(off),
        cycle=cycle,
        timing=timing,
        is_one_time=one_time,
        anchor_on=None,
        starts_on=starts,
        ends_on=ends,
    )


def subscription(
    items: Sequence[BilledItem],
    *,
    start: date = date(2026, 1, 1),
    end: date | None = None,
    currency: str = "EUR",
    group: UUID | None = None,
) -> DueSubscription:
    """A subscription of which nothing has been billed yet."""
    return DueSubscription(
        id=new_id(),
        customer_id=SOMEBODY,
        payer_id=SOMEBODY,
        invoice_group=group,
        currency=currency,
        time_zone="UTC",
        anchor_on=start,
        start_on=start,
        end_on=end,
        billed_on=None,
        next_bill_on=next_moment(rhythms(Days(start, start, end), items), None),
        terms_days=None,
        payer_version=1,
    )


def taxes(*rates: tuple[str, date, str]) -> Taxes:
    """Taxes by code, first day and rate."""
    return Taxes(TaxRates((code, since, Decimal(rate)) for code, since, rate in rates))


def of_nobody(law: Taxes) -> TreatmentOf:
    """What a line bears for a buyer of whom nothing is known."""
    return lambda code, on: law.treatment(UNKNOWN_BUYER, code, on)


def terms() -> Terms:
    """Bills on the day they are due."""
    return Terms(historical=True, due=DueTerms(DueRule.NET, 14), today=lambda _: date(2026, 6, 1))


def drafts(
    owner: DueSubscription,
    items: Sequence[BilledItem],
    through: date,
    law: Taxes | None = None,
    facts: Facts | None = None,
) -> list[Draft]:
    """The invoices up to and including `through`; a refusal is raised."""
    known = facts or Facts(lambda _: of_nobody(law or taxes()))
    decision = decide([bill_of(owner, items, through)], known, terms())
    decision.refuse_failures()
    return decision.drafts

"""HTTP shapes of the pricing playground."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.catalog.schemas import Code, RateFraction, TermsIn
from dotmac_billing.charges.measured import Measured
from dotmac_billing.invoicing.schemas import PreviewLineOut, shown
from dotmac_billing.invoicing.service import MOST_PREVIEWED
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.signups.wanted import MOST_COUPONS
from dotmac_billing.simulation.examples import ANSWER, QUESTION
from dotmac_billing.simulation.scenario import Outcome
from dotmac_billing.simulation.service import Question
from dotmac_billing.simulation.used import ImaginedUsage, Use
from dotmac_billing.subscriptions.schemas import Day, ItemIn
from dotmac_billing.subscriptions.starting import EARLIEST, LATEST, MOST_ITEMS, StartItem
from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_core_ops.clock import time_zone
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

MOST_USES = 10_000
MOST_TOTALS = 60

Used = Annotated[JsonMoney, Field(ge=0, le=10**18, decimal_places=9, examples=[1500])]
Brought = Annotated[JsonMoney, Field(ge=0, le=10**12, decimal_places=12, examples=[0.45])]


def _within_reach(at: datetime) -> datetime:
    if not EARLIEST <= at.date() <= LATEST:
        raise ValueError(f"A time lies between {EARLIEST} and {LATEST}.")
    return at


Instant = Annotated[
    datetime, AfterValidator(_within_reach), Field(examples=["2026-01-15T09:30:00"])
]


class TotalIn(RequestModel):
    """The usage of a period, with what the component's charge model must know of it.

    `amount` is the sum of prices that come with the events (dynamic), `values` are the values of
    the single transactions (percentage with fees), `by_window` the quantities by window (time of
    use).
    """

    quantity: Used
    amount: Brought = Decimal(0)
    values: Annotated[list[Used], Field(max_length=MOST_USES)] = []
    by_window: Annotated[dict[Code, Used], Field(max_length=100)] = {}

    def measured(self) -> Measured:
        """As a price takes it."""
        return Measured(self.quantity, self.amount, tuple(self.values), self.by_window)


class UseIn(RequestModel):
    """A quantity used at a time; without an offset it is the customer's time, as a day midnight."""

    at: Instant
    quantity: Used
    amount: Brought = Decimal(0)

    def wall(self, local: ZoneInfo) -> datetime:
        """The time on the wall there."""
        if self.at.tzinfo is None:
            return self.at
        return self.at.astimezone(local).replace(tzinfo=None)


class UsageIn(RequestModel):
    """The usage of a component.

    `totals` are those of its periods, one after the other; the last holds for all later periods.
    `uses` are single events, added up as the component's meter does it; a meter that nobody has
    defined is taken to sum.
    """

    totals: Annotated[list[TotalIn], Field(max_length=MOST_TOTALS)] = []
    uses: Annotated[list[UseIn], Field(max_length=MOST_USES)] = []

    def usage(self, local: ZoneInfo) -> ImaginedUsage:
        """As the playground takes it, times on the wall in that zone."""
        return ImaginedUsage(
            tuple(total.measured() for total in self.totals),
            tuple(Use(one.wall(local), one.quantity, one.amount) for one in self.uses),
        )


class BuyerIn(RequestModel):
    """What the law of taxes must know of the buyer; a consumer at home if nothing is said."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["DE"])] | None = None
    region: Code | None = None
    postal_code: Code | None = None
    is_business: bool = False
    has_valid_tax_id: bool = False

    def buyer(self) -> TaxBuyer:
        """As the law takes it."""
        return TaxBuyer(**dict(self))


class SimulationIn(RequestModel):
    """A plan (`terms` as when one is published, or the code of a published `plan`), and its use.

    Without `items` every component once; without `start_on` it starts today; without `currency`
    the plan's. `usage` is by component.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [QUESTION]})

    terms: TermsIn | None = None
    plan: Code | None = None
    version: Annotated[int, Field(ge=1, le=10**6)] | None = None
    currency: CurrencyCode | None = None
    time_zone: Annotated[str, Field(max_length=64, examples=["Europe/Vienna"])] | None = None
    start_on: Day | None = None
    periods: Annotated[int, Field(ge=1, le=MOST_PREVIEWED, examples=[2])] = 1
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] = []
    anchor_on: Day | None = None
    end_on: Annotated[Day | None, Field(description="First day not served.")] = None
    has_trial: Annotated[bool, Field(description="False leaves out the plan's trial.")] = True
    usage: Annotated[dict[Code, UsageIn], Field(max_length=100)] = {}
    tax_rate: Annotated[
        RateFraction | None, Field(description="Instead of all taxes: 0.2 is 20 %.")
    ] = None
    tax_code: Annotated[Code | None, Field(description="The tax of components that name none.")] = (
        None
    )
    buyer: BuyerIn = BuyerIn()
    coupon: Annotated[Code | None, Field(description="One more coupon code.")] = None
    coupon_codes: Annotated[
        list[Code], Field(max_length=MOST_COUPONS, description="Coupons that come with the start.")
    ] = []

    @model_validator(mode="after")
    def _names_one_plan(self) -> Self:
        if (self.terms is None) == (self.plan is None):
            raise ValueError("Give terms, or the code of a published plan.")
        return self

    def question(self, zone: str) -> Question:
        """As the playground takes it; times are local in `zone` unless the body names another."""
        local = time_zone(self.time_zone or zone)
        return Question(
            terms=None if self.terms is None else self.terms.terms(),
            plan=self.plan,
            version=self.version,
            currency=self.currency,
            time_zone=self.time_zone or zone,
            start_on=self.start_on,
            periods=self.periods,
            items=tuple(StartItem(**dict(item)) for item in self.items),
            anchor_on=self.anchor_on,
            end_on=self.end_on,
            has_trial=self.has_trial,
            usage={code: usage.usage(local) for code, usage in self.usage.items()},
            tax_rate=self.tax_rate,
            tax_code=self.tax_code,
            buyer=self.buyer.buyer(),
            coupon_codes=(*(() if self.coupon is None else (self.coupon,)), *self.coupon_codes),
        )


class SimulatedLineOut(PreviewLineOut):
    """A line of an imagined invoice, with the component it charges."""

    component: str | None


class SimulatedTaxOut(ResponseModel):
    """A tax of an imagined invoice: `net` is what it is charged on."""

    tax_code: str
    name: str
    rate: JsonMoney
    net: JsonMoney
    tax: JsonMoney


class SimulatedInvoiceOut(ResponseModel):
    """An imagined invoice."""

    bill_on: date
    due_on: date
    period_start: date | None
    period_end: date | None
    currency: str
    discount: JsonMoney
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    taxes: list[SimulatedTaxOut]
    lines: list[SimulatedLineOut]


class SimulationOut(ResponseModel):
    """The invoices in order. `unbilled_uses` counts single uses that none of them bills."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER]})

    invoices: list[SimulatedInvoiceOut]
    unbilled_uses: int


def simulated(found: Outcome) -> dict[str, Any]:
    """The outcome with its explanations as JSON."""
    return {
        "invoices": [_invoice(draft) for draft in found.drafts],
        "unbilled_uses": found.unbilled_uses,
    }


def _invoice(draft: Draft) -> dict[str, Any]:
    totals = draft.totals
    return {
        "bill_on": draft.bill_on,
        "due_on": draft.due_on,
        "period_start": draft.period_start,
        "period_end": draft.period_end,
        "currency": draft.currency,
        "discount": totals.discount,
        "net": totals.net,
        "tax": totals.tax,
        "total": totals.total,
        "taxes": totals.taxes,
        "lines": [
            {**shown(line), "component": charge.component_code}
            for line, charge in zip(draft.lines, draft.charges, strict=True)
        ],
    }

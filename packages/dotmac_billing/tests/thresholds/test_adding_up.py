"""However often a period is billed while it runs, its lines add up to one line at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.assembly.billed import Billed
from dotmac_billing.assembly.decision import Bill, Facts, Moment, bill_of, decide
from dotmac_billing.assembly.draft import Draft, DueSubscription
from dotmac_billing.assembly.interim import running
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.discounts.terms import DiscountKind, DiscountScope, VolumeTier
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.database import new_id
from packages.dotmac_billing.tests.assembly.builders import SOMEBODY, item, of_nobody, subscription
from packages.dotmac_billing.tests.assembly.builders import taxes as law
from packages.dotmac_billing.tests.assembly.builders import terms as usual_terms

JAN_1, FEB_1 = date(2026, 1, 1), date(2026, 2, 1)
NOTHING = Decimal(0)
VAT = law(("VAT", date(2000, 1, 1), "0.19"))

TIERS = {"tiers": [{"up_to": "100", "unit_price": "0.37"}, {"up_to": None, "unit_price": "0.119"}]}
PRICES: list[tuple[ChargeModel, dict[str, Any]]] = [
    (ChargeModel.PER_UNIT, {"unit_price": "0.333"}),
    (ChargeModel.PER_UNIT, {"unit_price": "0.333", "minimum": "50", "maximum": "90"}),
    (ChargeModel.GRADUATED, TIERS),
    (ChargeModel.VOLUME, TIERS),
    (ChargeModel.PACKAGE, {"price": "7.77", "size": "13"}),
]
COUPON = Redeemed(
    id=new_id(),
    coupon_id=new_id(),
    customer_id=SOMEBODY,
    code="TEN",
    name="Ten",
    kind=DiscountKind.PERCENT,
    value=Decimal("0.1"),
    currency=None,
    priority=1,
    scope=DiscountScope(),
    subscription_id=None,
    starts_on=JAN_1,
    ends_on=None,
    uses_left=1,
    amount_left=None,
)
COUPONS = {
    "ten percent, once": [COUPON],
    "a fixed amount, on two invoices": [
        COUPON._replace(kind=DiscountKind.FIXED, value=Decimal("9.99"), currency="EUR", uses_left=2)
    ],
    "what is left of an amount": [
        COUPON._replace(
            kind=DiscountKind.FIXED,
            value=Decimal(30),
            currency="EUR",
            amount_left=Decimal("21.17"),
            uses_left=None,
        )
    ],
    "by volume, and one after it": [
        COUPON._replace(
            kind=DiscountKind.VOLUME,
            tiers=(VolumeTier(Decimal(50), Decimal("0.07")),),
            uses_left=None,
        ),
        COUPON._replace(id=new_id(), value=Decimal("0.333"), priority=2),
    ],
    "none": [],
}


class _Period:
    """A month of a subscription with a fee and metered traffic, billed as often as is wanted."""

    def __init__(self, price: int, coupons: str, phase_off: str | None, tax: str | None) -> None:
        model, parameters = PRICES[price]
        usage = item(meter="traffic", model=model, parameters=parameters, off=phase_off, tax=tax)
        self.usage = usage
        self.items: list[BilledItem] = [item("20.00", tax=tax), usage]
        self.owner: DueSubscription = subscription(self.items)
        self.facts = Facts(lambda _: of_nobody(VAT), redeemed={SOMEBODY: COUPONS[coupons]})
        self.invoices: list[Draft] = []

    def bill(self, quantity: int, on: date, kind: InvoiceKind) -> None:
        key = (self.owner.id, self.usage.item_id, JAN_1)
        counting = {"traffic": Aggregation.SUM}
        if kind is InvoiceKind.THRESHOLD:
            dues = running(self.owner, self.items, on, counting)
        else:
            dues = list(_all_due(self.owner, self.items))
        before = self._billed()
        self.facts = replace(
            self.facts,
            measured={key: Measured(Decimal(quantity))},
            interim={} if before is None else {key: before},
        )
        bill = Bill(self.owner, [Moment(on, dues)], None)
        decision = decide([bill], self.facts, replace(usual_terms(), kind=kind))
        decision.refuse_failures()
        self.invoices += decision.drafts

    def _billed(self) -> Billed | None:
        lines = [
            line
            for invoice in self.invoices
            for line in invoice.lines
            if line.item_id == self.usage.item_id
        ]
        if not lines:
            return None
        gross = [line.net if line.gross is None else line.gross for line in lines]
        return Billed(
            sum(gross, NOTHING),
            sum((line.discount for line in lines), NOTHING),
            sum((line.quantity for line in lines), NOTHING),
            FEB_1,
        )

    def net(self) -> Decimal:
        return sum((one.totals.net for one in self.invoices), NOTHING)

    def tax(self) -> Decimal:
        return sum((one.totals.tax for one in self.invoices), NOTHING)

    def coupons_used(self) -> list[tuple[Any, Decimal]]:
        return [one for invoice in self.invoices for one in sorted(invoice.used.items())]


def _all_due(owner: DueSubscription, items: Sequence[BilledItem]) -> Sequence[Any]:
    return bill_of(owner, items, FEB_1).moments[0].dues


@given(
    price=st.integers(0, len(PRICES) - 1),
    coupons=st.sampled_from(sorted(COUPONS)),
    phase_off=st.sampled_from([None, "0.15"]),
    tax=st.sampled_from([None, "VAT"]),
    used=st.lists(st.integers(0, 400), min_size=1, max_size=6).map(sorted),
)
def test_parts_and_rest_are_the_invoice_without_thresholds(
    price: int, coupons: str, phase_off: str | None, tax: str | None, used: list[int]
) -> None:
    at_once, in_parts = (_Period(price, coupons, phase_off, tax) for _ in range(2))

    at_once.bill(used[-1], FEB_1, InvoiceKind.SUBSCRIPTION)
    for day, quantity in enumerate(used, start=2):
        in_parts.bill(quantity, date(2026, 1, day), InvoiceKind.THRESHOLD)
    in_parts.bill(used[-1], FEB_1, InvoiceKind.SUBSCRIPTION)

    assert in_parts.net() == at_once.net()
    assert in_parts.coupons_used() == at_once.coupons_used()
    # Each invoice rounds its own tax, once for the rate, as EN 16931 BR-CO-17 has it.
    assert abs(in_parts.tax() - at_once.tax()) <= Decimal("0.005") * (len(in_parts.invoices) + 1)
    if tax is None:
        assert in_parts.tax() == at_once.tax() == 0
    assert in_parts.invoices[-1].closed == [(in_parts.owner.id, in_parts.usage.item_id, JAN_1)]

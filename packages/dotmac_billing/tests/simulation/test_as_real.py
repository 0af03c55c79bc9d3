"""What the playground says is what a bill run then charges, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dotmac_billing import NewComponent, run_billing
from dotmac_billing.catalog.plan import NewPlan, NewTerms, PublishedPhase
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
)
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind
from dotmac_billing.simulation.service import Question, SimulationService
from dotmac_billing.subscriptions.starting import StartItem
from dotmac_billing.testing import LONG_AGO, payer, subscribed, tax
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from packages.dotmac_billing.tests.simulation.real import Figures, issued, simulated

JAN_31 = date(2026, 1, 31)
TIERS = [
    {"up_to": "10", "unit_price": "1.333", "flat_fee": "5"},
    {"up_to": None, "unit_price": "0.777"},
]
PARAMETERS: dict[ChargeModel, dict[str, object]] = {
    ChargeModel.GRADUATED: {"tiers": TIERS},
    ChargeModel.VOLUME: {"tiers": TIERS},
    ChargeModel.STAIRSTEP: {
        "tiers": [{"up_to": "10", "flat_fee": "9.99"}, {"up_to": None, "flat_fee": "19.99"}]
    },
    ChargeModel.PACKAGE: {"size": "4", "price": "3.33", "free_units": "2"},
    ChargeModel.PERCENTAGE: {"rate": "0.029", "free_amount": "3"},
    ChargeModel.GRADUATED_PERCENTAGE: {
        "tiers": [{"up_to": "5", "rate": "0.1"}, {"up_to": None, "rate": "0.05", "flat_fee": "1"}]
    },
    ChargeModel.PREPAID: {
        "included": "10",
        "price": "20",
        "overage": {"model": "per_unit", "unit_price": "1.111"},
    },
}


def quantities() -> tuple[NewComponent, ...]:
    """A component of each model that a quantity is enough for."""
    return (
        NewComponent("base", "Line", Decimal("49.90"), tax_code="VAT"),
        NewComponent(
            "seat", "Seat", Decimal("4.333"), model=ChargeModel.PER_UNIT, includes_tax=True
        ),
        NewComponent("setup", "Set-up", Decimal(99), kind=ComponentKind.ONE_TIME, tax_code="VAT"),
        NewComponent("yearly", "Support", Decimal(120), cycle=BillingCycle.ANNUALLY),
        NewComponent(
            "least",
            "Committed",
            kind=ComponentKind.RECURRING,
            timing=BillingTiming.ARREARS,
            model=ChargeModel.GRADUATED,
            prices={"EUR": {"tiers": TIERS, "minimum": "100"}},
            tax_code="VAT",
        ),
        *(
            NewComponent(model.value, model.value, model=model, prices={"EUR": parameters})
            for model, parameters in PARAMETERS.items()
        ),
    )


ITEMS = tuple(
    StartItem(code, quantity=Decimal("13.5"))
    for code in ("seat", "least", *(model.value for model in PARAMETERS))
) + tuple(StartItem(code) for code in ("base", "setup", "yearly"))

PLAIN = NewTerms(quantities(), currency="EUR", available_from=LONG_AGO)
STUBS = NewTerms(
    quantities(), currency="EUR", available_from=LONG_AGO, alignment=Alignment.CALENDAR
)
PHASED = NewTerms(
    quantities(),
    currency="EUR",
    available_from=LONG_AGO,
    phases=(
        PublishedPhase("trial", PhaseKind.TRIAL, 14, PhaseUnit.DAYS),
        PublishedPhase("welcome", PhaseKind.DISCOUNT, 1, PhaseUnit.MONTHS, Decimal("0.25")),
        PublishedPhase("ever", PhaseKind.EVERGREEN),
    ),
)


async def really(
    database: Database, tenant: Tenant, terms: NewTerms, through: date, coupon: NewCoupon | None
) -> list[Figures]:
    """The invoices of a real subscription to `terms`, by a real bill run."""
    async with database.transaction(tenant.id) as session:
        plan = await publish_plan(session, NewPlan("REAL", "Real", terms))
        customer = await payer(session, currency="EUR")
        started = await subscribed(session, plan=plan, since=JAN_31, customer=customer, items=ITEMS)
        if coupon is not None:
            await CouponService(session).redeem(Redemption(customer, coupon.code, started))
    result = await run_billing(database, tenant.id, through)
    assert result.failures == []
    return await issued(database, tenant)


COUPON = NewCoupon(
    "WELCOME",
    "Welcome",
    DiscountKind.PERCENT,
    percent_off=Decimal("0.15"),
    duration=DiscountDuration.REPEATING,
    periods=2,
)


@pytest.mark.parametrize("coupon", [None, COUPON], ids=["plain", "coupon"])
@pytest.mark.parametrize("terms", [PLAIN, STUBS, PHASED], ids=["plain", "stubs", "phases"])
async def test_a_simulation_is_what_a_bill_run_makes(
    database: Database, tenant: Tenant, terms: NewTerms, coupon: NewCoupon | None
) -> None:
    async with database.transaction(tenant.id) as session:
        await tax(session)
        if coupon is not None:
            await CouponService(session).create(coupon)
        found = await SimulationService(session).simulate(
            Question(
                terms=terms,
                start_on=JAN_31,
                periods=4,
                items=ITEMS,
                coupon_codes=() if coupon is None else (coupon.code.lower(),),
            )
        )

    through = found.drafts[-1].bill_on
    assert len(found.drafts) == 4
    assert simulated(found.drafts) == await really(database, tenant, terms, through, coupon)

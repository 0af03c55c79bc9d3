"""Imagined usage is charged as real usage is, in every model, window and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from dotmac_billing import NewComponent, run_billing
from dotmac_billing.catalog.plan import NewPlan, NewTerms
from dotmac_billing.catalog.service import publish_plan
from dotmac_billing.catalog.terms import BillingCycle, ChargeModel, ComponentKind
from dotmac_billing.charges import custom
from dotmac_billing.charges.custom import find_rules_by
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.simulation.service import Question, SimulationService
from dotmac_billing.simulation.used import ImaginedUsage, Use
from dotmac_billing.testing import LONG_AGO, payer, subscribed, tax
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import define_meter, ingest
from dotmac_billing.usage.terms import Aggregation, Weighting
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from packages.dotmac_billing.tests.simulation.real import issued, simulated

VIENNA = ZoneInfo("Europe/Vienna")
MONDAY = date(2026, 11, 2)
NOW = date(2026, 11, 20)  # of the test's clock
TIERS = [
    {"up_to": "50.5", "unit_price": "0.1234", "flat_fee": "5"},
    {"up_to": None, "unit_price": "0.0777"},
]
RATES = [{"up_to": "100", "rate": "0.1"}, {"up_to": None, "rate": "0.05", "flat_fee": "1"}]
DAYTIME = {
    "name": "day",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "from": "08:00",
    "to": "20:00",
    "unit_price": "0.31",
}
NIGHT = {"name": "night", "days": ["fri", "sat"], "from": "22:00", "to": "05:00", "unit_price": "0"}

USAGE: dict[ChargeModel, dict[str, object]] = {
    ChargeModel.FLAT: {"price": "3"},
    ChargeModel.PER_UNIT: {"unit_price": "0.0333", "minimum": "20"},
    ChargeModel.GRADUATED: {"tiers": TIERS},
    ChargeModel.VOLUME: {"tiers": TIERS, "maximum": "9.99"},
    ChargeModel.STAIRSTEP: {"tiers": [{"up_to": "99", "flat_fee": "1"}, {"flat_fee": "2"}]},
    ChargeModel.PACKAGE: {"size": "7", "price": "1.11", "free_units": "10"},
    ChargeModel.PERCENTAGE: {
        "rate": "0.029",
        "fixed_fee": "0.25",
        "free_units": 3,
        "free_amount": "12",
        "minimum_per_transaction": "0.30",
        "maximum_per_transaction": "0.45",
    },
    ChargeModel.GRADUATED_PERCENTAGE: {"tiers": RATES},
    ChargeModel.DYNAMIC: {"multiplier": "1.1"},
    ChargeModel.PREPAID: {
        "included": "100",
        "price": "9",
        "overage": {"model": "graduated", "tiers": TIERS},
    },
    ChargeModel.TIME_OF_USE: {"windows": [DAYTIME, NIGHT], "otherwise_unit_price": "0.11"},
    ChargeModel.CUSTOM: {"rule": "largest", "unit_price": "0.5"},
}

TERMS = NewTerms(
    (
        NewComponent("base", "Line", Decimal("4.90"), tax_code="VAT"),
        *(
            NewComponent(
                model.value,
                model.value,
                kind=ComponentKind.USAGE,
                model=model,
                meter="used",
                prices={"EUR": parameters},
                tax_code="VAT",
            )
            for model, parameters in USAGE.items()
        ),
    ),
    cycle=BillingCycle.WEEKLY,
    currency="EUR",
    available_from=LONG_AGO,
)


class Largest:
    """A custom model: the largest single use at a price."""

    needs = frozenset({Need.VALUES})

    def __init__(self, unit_price: Decimal = Decimal(0)) -> None:
        self.unit_price = unit_price

    def compile(self, parameters: Mapping[str, object], currency: str) -> Largest:
        del currency
        return Largest(Decimal(str(parameters["unit_price"])))

    def charge(self, measured: Measured) -> Charged:
        largest = max(measured.values, default=Decimal(0))
        return Charged.of([Step.priced("largest", largest, self.unit_price)])


def used(first: date) -> list[Use]:
    """Uses by the clock on the wall of three weeks, also on the first instants of each window."""
    begin = datetime.combine(first, datetime.min.time())
    spread = [
        Use(
            begin + timedelta(minutes=397 * n + n % 7),
            Decimal(n * 37 % 101) / 4,
            Decimal(n * 53 % 211) / 1000,
        )
        for n in range(60)
    ]
    edges = [
        Use(begin + timedelta(days=days, hours=hours), Decimal("1.25"), Decimal("0.01"))
        for days in (0, 4, 5, 6, 7, 14)
        for hours in (0, 5, 8, 20, 22)
    ]
    return [use for use in spread + edges if use.at.date() < NOW]


def events(uses: Sequence[Use], meter: str) -> list[UsageEvent]:
    """The uses as a real subscription reports them."""
    return [
        UsageEvent(
            event_id=f"{meter}-{n}",
            meter=meter,
            at=use.at.replace(tzinfo=VIENNA).astimezone(UTC),
            subscription="SIM",
            value=use.quantity,
            properties={"price": str(use.amount)},
        )
        for n, use in enumerate(uses)
    ]


async def test_a_simulation_with_every_model_is_what_a_bill_run_makes_of_the_events(
    database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(custom, "_finders", [])
    find_rules_by({"largest": Largest()}.get)
    assert set(USAGE) == set(ChargeModel)
    uses = used(MONDAY)
    async with database.transaction(tenant.id) as session:
        await tax(session)
        await define_meter(
            session, NewMeter("used", "Used", Aggregation.SUM, price_property="price")
        )
        plan = await publish_plan(session, NewPlan("REAL", "Real", TERMS))
        customer = await payer(session, currency="EUR", time_zone="Europe/Vienna")
        await subscribed(session, plan=plan, since=MONDAY, customer=customer, external_id="SIM")
        reported = await ingest(session, events(uses, "used"))
        found = await SimulationService(session).simulate(
            Question(
                terms=TERMS,
                time_zone="Europe/Vienna",
                start_on=MONDAY,
                periods=3,
                usage={model.value: ImaginedUsage(uses=tuple(uses)) for model in USAGE},
            )
        )

    result = await run_billing(database, tenant.id, found.drafts[-1].bill_on)

    assert reported.accepted == len(uses)
    assert (result.invoices, result.failures) == (3, [])
    assert len(found.drafts[-1].lines) == 1 + len(ChargeModel) + 1  # and a minimum commitment
    assert simulated(found.drafts) == await issued(database, tenant)
    assert found.unbilled_uses == len(USAGE) * sum(
        use.at.date() >= date(2026, 11, 16) for use in uses
    )


METERS = [
    NewMeter(f"{aggregation.value}-{weighting}", "Meter", aggregation, weighting)
    for aggregation in Aggregation
    for weighting in (Weighting if aggregation is Aggregation.WEIGHTED_SUM else [None])
]
CLOCKS_GO_BACK = date(2026, 10, 19)  # the Monday of the week with an hour more, in Vienna


async def test_uses_are_added_up_as_the_meter_of_the_component_does(
    database: Database, tenant: Tenant
) -> None:
    split = {"windows": [DAYTIME, NIGHT], "otherwise_unit_price": "0.11"}
    components = [
        NewComponent(
            f"{meter.code} {model.value}",
            meter.code,
            kind=ComponentKind.USAGE,
            model=model,
            meter=meter.code,
            prices={"EUR": parameters},
        )
        for meter in METERS
        for model, parameters in (
            (ChargeModel.PER_UNIT, {"unit_price": "1"}),
            (ChargeModel.TIME_OF_USE, split),
        )
        if meter.weighting is None or model is ChargeModel.PER_UNIT
    ]
    terms = NewTerms(
        tuple(components), cycle=BillingCycle.WEEKLY, currency="EUR", available_from=LONG_AGO
    )
    uses = used(CLOCKS_GO_BACK)
    async with database.transaction(tenant.id) as session:
        for meter in METERS:
            await define_meter(session, meter)
        plan = await publish_plan(session, NewPlan("REAL", "Real", terms))
        customer = await payer(session, currency="EUR", time_zone="Europe/Vienna")
        await subscribed(
            session, plan=plan, since=CLOCKS_GO_BACK, customer=customer, external_id="SIM"
        )
        for meter in METERS:
            assert (await ingest(session, events(uses, meter.code))).accepted == len(uses)
        found = await SimulationService(session).simulate(
            Question(
                terms=terms,
                time_zone="Europe/Vienna",
                start_on=CLOCKS_GO_BACK,
                periods=3,
                usage={one.code: ImaginedUsage(uses=tuple(uses)) for one in components},
            )
        )

    result = await run_billing(database, tenant.id, found.drafts[-1].bill_on)

    assert (result.invoices, result.failures) == (3, [])
    assert simulated(found.drafts) == await issued(database, tenant)

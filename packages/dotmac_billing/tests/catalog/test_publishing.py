from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.change_rules import ChangeRule, rule_for
from dotmac_billing.catalog.errors import (
    InvalidPlanError,
    PlanCodeTakenError,
    PlanNotAvailableError,
    PlanNotFoundError,
    PricingModelNotAvailableError,
    ProductNotFoundError,
    TaxRateExistsError,
    UnknownTaxCodeError,
)
from dotmac_billing.catalog.plan import NewComponent, NewPlan, NewTerms, PublishedPhase
from dotmac_billing.catalog.repository import CatalogRepository
from dotmac_billing.catalog.service import CatalogService, components, find_plan
from dotmac_billing.catalog.terms import (
    Alignment,
    BillingCycle,
    BillingTiming,
    ChangeBehaviour,
    ChangeDirection,
    ChargeModel,
    ComponentKind,
    PhaseKind,
    PhaseUnit,
    PricingModel,
    Rollout,
    TrialEnd,
)
from dotmac_billing.testing import plan, tax
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.service import define_meter
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.database import new_id
from dotmac_core_ops.money import InvalidCurrencyError

TODAY = date(2026, 11, 20)
TOMORROW = date(2026, 11, 21)


def terms(price: str = "59.90", available_from: date | None = None) -> NewTerms:
    return NewTerms((NewComponent("base", "Base", Decimal(price)),), available_from=available_from)


async def test_a_plan_is_found_by_its_code_as_it_was_published(session: AsyncSession) -> None:
    published = await plan(session, "FIBER-100", price="49.90", tax_code=await tax(session))

    found = await find_plan(session, "FIBER-100")

    assert found == published
    assert (published.version, published.currency) == (1, "EUR")
    assert [(one.code, one.unit_price, one.tax_code) for one in published.components] == [
        ("base", Decimal("49.90"), "VAT")
    ]


async def test_there_is_no_plan_of_an_unknown_code(session: AsyncSession) -> None:
    assert await find_plan(session, "FIBER-100") is None


async def test_new_terms_are_a_version_and_leave_the_old_one_as_it_was(
    session: AsyncSession,
) -> None:
    first = await plan(session, price="49.90")

    second = await CatalogService(session).publish_version(first.plan_id, terms("59.90"))

    assert (second.plan_id, second.version) == (first.plan_id, 2)
    offered = await CatalogService(session).offered(first.plan_id, TODAY, first.id)
    assert offered.components[0].unit_price == Decimal("49.90")


async def test_a_version_is_offered_from_its_day_on(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    first = await plan(session)
    second = await catalog.publish_version(first.plan_id, terms(available_from=TOMORROW))

    assert (await catalog.offered(first.plan_id, TODAY)).id == first.id
    assert (await catalog.offered(first.plan_id, TOMORROW)).id == second.id
    with pytest.raises(PlanNotAvailableError):
        await catalog.offered(first.plan_id, TODAY, second.id)


async def test_a_retired_plan_is_offered_until_the_day_before(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    fiber = await plan(session)

    await catalog.retire(fiber.plan_id, TOMORROW)

    assert (await catalog.offered(fiber.plan_id, TODAY)).id == fiber.id
    with pytest.raises(PlanNotAvailableError):
        await catalog.offered(fiber.plan_id, TOMORROW)


async def test_a_retired_plan_gets_no_new_version(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    fiber = await plan(session)
    await catalog.retire(fiber.plan_id, TODAY)

    with pytest.raises(PlanNotAvailableError):
        await catalog.publish_version(fiber.plan_id, terms())


async def test_a_version_of_another_plan_is_not_this_plans(session: AsyncSession) -> None:
    one, other = await plan(session), await plan(session)

    with pytest.raises(PlanNotFoundError):
        await CatalogService(session).offered(one.plan_id, TODAY, other.id)


async def test_a_plan_that_does_not_exist(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    with pytest.raises(PlanNotFoundError):
        await catalog.offered(new_id(), TODAY)
    with pytest.raises(PlanNotFoundError):
        await catalog.publish_version(new_id(), terms())
    with pytest.raises(PlanNotFoundError):
        await catalog.retire(new_id(), TODAY)


async def test_a_code_belongs_to_one_plan(session: AsyncSession) -> None:
    await plan(session, "FIBER-100")

    with pytest.raises(PlanCodeTakenError):
        await plan(session, "FIBER-100")


def component(code: str = "base", price: str = "1") -> NewComponent:
    return NewComponent(code, "Base", Decimal(price))


@pytest.mark.parametrize(
    "components",
    [
        [],
        [component(), component()],
        [component(price="-0.01")],
        [component(price="1e13")],
        [component(price="NaN")],
        [component(price="0.0000000000001")],
        [component(str(n)) for n in range(101)],
    ],
)
async def test_a_plan_that_could_not_be_billed_is_refused(
    session: AsyncSession, components: list[NewComponent]
) -> None:
    with pytest.raises(InvalidPlanError):
        await plan(session, components=components)


@pytest.mark.parametrize(
    "pricing_model",
    [one for one in PricingModel if one is not PricingModel.FLAT_RATE],
)
async def test_a_pricing_model_without_such_a_component_is_refused(
    session: AsyncSession, pricing_model: PricingModel
) -> None:
    fiber = await plan(session)
    with pytest.raises(PricingModelNotAvailableError):
        await CatalogService(session).publish_version(
            fiber.plan_id, NewTerms((component(),), pricing_model=pricing_model)
        )


async def test_a_plan_is_priced_in_a_currency_that_exists(session: AsyncSession) -> None:
    with pytest.raises(InvalidCurrencyError):
        await plan(session, currency="EUX")


async def test_a_tax_without_a_rate_is_refused(session: AsyncSession) -> None:
    with pytest.raises(UnknownTaxCodeError):
        await plan(session, tax_code="VAT")


async def test_a_tax_has_one_rate_from_a_day_on(session: AsyncSession) -> None:
    await tax(session, "VAT", "0.19", since=date(2020, 1, 1))
    await tax(session, "VAT", "0.2", since=date(2021, 1, 1))

    with pytest.raises(TaxRateExistsError):
        await tax(session, "VAT", "0.21", since=date(2021, 1, 1))


@pytest.mark.parametrize("table", ["plan_versions", "price_components"])
async def test_what_was_published_stands(session: AsyncSession, table: str) -> None:
    await plan(session)

    with pytest.raises(DBAPIError, match="permission denied"):
        async with session.begin_nested():
            await session.execute(sa.text(f"DELETE FROM billing.{table}"))


async def test_a_publication_is_announced_and_audited(session: AsyncSession) -> None:
    fiber = await plan(session, "FIBER-100")
    await CatalogService(session).publish_version(fiber.plan_id, terms())

    announced = await session.execute(
        sa.text(
            "SELECT payload->>'version' FROM events.outbox "
            "WHERE name = 'billing.plan_published' ORDER BY id"
        )
    )
    assert announced.scalars().all() == ["1", "2"]
    audited = await session.execute(
        sa.text("SELECT after FROM core.audit_log WHERE action = 'plans.publish' ORDER BY id")
    )
    assert audited.scalars().all() == [
        {"code": "FIBER-100", "version": 1},
        {"code": "FIBER-100", "version": 2},
    ]


def rich_terms() -> NewTerms:
    traffic = NewComponent(
        "traffic",
        "Traffic",
        kind=ComponentKind.USAGE,
        model=ChargeModel.PER_UNIT,
        prices={"EUR": {"unit_price": "0.000000000001"}, "USD": {"unit_price": "0.03"}},
        meter="gigabytes",
        filters={"direction": ("down",)},
        group_by=("region",),
        phases=("for ever",),
        is_prorated=False,
        includes_tax=True,
    )
    line = NewComponent(
        "line",
        "Line",
        Decimal("49.90"),
        cycle=BillingCycle.QUARTERLY,
        timing=BillingTiming.ARREARS,
        prices={"USD": {"price": "55"}},
    )
    return NewTerms(
        (line, traffic),
        phases=(
            PublishedPhase(
                "trial",
                PhaseKind.TRIAL,
                14,
                PhaseUnit.DAYS,
                requires_payment_method=True,
                without_payment_method=TrialEnd.PAUSE,
            ),
            PublishedPhase("cheap", PhaseKind.DISCOUNT, 3, PhaseUnit.MONTHS, Decimal("0.25")),
            PublishedPhase("for ever", PhaseKind.EVERGREEN),
        ),
        alignment=Alignment.CALENDAR,
        term_months=24,
        renews=False,
        termination_fee={"EUR": Decimal("120.50")},
        add_on_to=("plan:OTHER",),
        features={"mail": 5, "ip": True, "help": "day"},
        rollout=Rollout.DATE,
        rollout_on=TOMORROW,
        change_rules=(ChangeRule(ChangeBehaviour.AT_RENEWAL, to_what="product:internet"),),
    )


async def test_everything_that_was_said_is_read_again(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    await catalog.add_product("internet", "Internet")
    dimensions = ("direction", "region")
    meter = NewMeter("gigabytes", "GB", Aggregation.SUM, dimensions=dimensions)
    await define_meter(session, meter)
    terms = rich_terms()

    published = await catalog.publish(
        NewPlan("FIBER", "Fiber", terms, product="internet", is_add_on=True)
    )

    for name in ("phases", "alignment", "term_months", "renews", "termination_fee", "add_on_to"):
        assert getattr(published, name) == getattr(terms, name), name
    for name in ("features", "rollout", "rollout_on"):
        assert getattr(published, name) == getattr(terms, name), name
    assert (published.product_code, published.is_add_on) == ("internet", True)
    assert published.pricing_model is PricingModel.HYBRID
    assert published.change_rules == (
        ChangeRule(ChangeBehaviour.AT_RENEWAL, "plan:FIBER", "product:internet"),
    )
    line, traffic = published.components
    assert (line.cycle, line.timing) == (BillingCycle.QUARTERLY, BillingTiming.ARREARS)
    assert line.prices == {"EUR": {"price": "49.90"}, "USD": {"price": "55"}}
    assert (traffic.cycle, traffic.timing) == (BillingCycle.MONTHLY, BillingTiming.ARREARS)
    assert (traffic.unit_price, traffic.meter) == (Decimal("0.000000000001"), "gigabytes")
    assert (traffic.filters, traffic.group_by) == ({"direction": ("down",)}, ("region",))
    assert (traffic.phases, traffic.is_prorated, traffic.includes_tax) == (
        ("for ever",),
        False,
        True,
    )
    assert published.is_priced_in("USD")
    assert not published.is_priced_in("GBP")


async def test_components_are_read_by_their_ids_across_versions(session: AsyncSession) -> None:
    first = await plan(session, components=rich_terms().components[:1])
    second = await plan(session, price="9.90")
    wanted = [one.id for one in (*first.components, *second.components)]

    found = await components(session, [*wanted, new_id()])

    assert found == {one.id: one for one in (*first.components, *second.components)}


async def test_a_component_from_before_there_were_prices_has_its_unit_price(
    session: AsyncSession,
) -> None:
    fiber = await plan(session)
    await session.execute(
        sa.text(
            "INSERT INTO billing.price_components "
            "(id, plan_version_id, position, code, name, kind, model, unit_price) "
            "VALUES (:id, :version, 2, 'old', 'Old', 'recurring', 'per_unit', 4.5)"
        ),
        {"id": new_id(), "version": fiber.id},
    )

    found = await find_plan(session, fiber.code)

    assert found is not None
    assert found.components[1].prices == {"EUR": {"unit_price": "4.5"}}


async def test_a_plan_of_an_unknown_product_is_refused(session: AsyncSession) -> None:
    with pytest.raises(ProductNotFoundError):
        await CatalogService(session).publish(NewPlan("F", "F", terms(), product="internet"))


async def test_a_plans_own_rule_comes_before_the_tenants(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    restarts = ChangeRule(ChangeBehaviour.RESTART_CYCLE, to_what="*")
    own = NewTerms((component(),), change_rules=(restarts,))
    old = await catalog.publish(NewPlan("OLD", "Old", own))
    new = await plan(session, "NEW")
    await catalog.set_change_rules(
        [ChangeRule(ChangeBehaviour.AT_RENEWAL), ChangeRule(ChangeBehaviour.AT_RENEWAL, "plan:NEW")]
    )

    rules = await CatalogRepository(session).change_rules()
    up = rule_for([*old.change_rules, *rules], old, new, ChangeDirection.UP)
    back = rule_for([*new.change_rules, *rules], new, old, ChangeDirection.DOWN)
    assert up.behaviour is ChangeBehaviour.RESTART_CYCLE
    assert back == ChangeRule(ChangeBehaviour.AT_RENEWAL, "plan:NEW")


async def test_what_is_set_later_replaces_the_rules(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    first = [ChangeRule(ChangeBehaviour.AT_RENEWAL, direction=ChangeDirection.UP)]
    await catalog.set_change_rules(first)

    assert await catalog.set_change_rules([ChangeRule(ChangeBehaviour.RESTART_CYCLE)]) == [
        ChangeRule(ChangeBehaviour.RESTART_CYCLE)
    ]


async def test_the_price_list_has_what_everybody_may_buy_today(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    fiber = await plan(session, "FIBER")
    newer = await catalog.publish_version(fiber.plan_id, terms())
    await catalog.publish_version(fiber.plan_id, terms(available_from=TOMORROW))
    await catalog.publish(NewPlan("HIDDEN", "Hidden", terms(), is_public=False))
    await catalog.publish(NewPlan("SOON", "Soon", terms(available_from=TOMORROW)))
    gone = await plan(session, "GONE")
    await catalog.retire(gone.plan_id, TODAY)

    assert [offer.version for offer in await catalog.price_list()] == [newer]
    assert await catalog.price_list(currency="USD") == []


async def test_a_plan_is_offered_again(session: AsyncSession) -> None:
    catalog = CatalogService(session)
    fiber = await plan(session)
    await catalog.retire(fiber.plan_id, TODAY)
    await catalog.retire(fiber.plan_id, None)

    assert (await catalog.offered(fiber.plan_id, TODAY)).id == fiber.id


async def test_changed_words_are_announced_and_audited(session: AsyncSession) -> None:
    fiber = await plan(session, "FIBER")
    await CatalogService(session).change(fiber.plan_id, {"name": "Fibre"})

    announced = await session.execute(
        sa.text("SELECT payload->'changed' FROM events.outbox WHERE name = 'billing.plan_changed'")
    )
    assert announced.scalars().all() == [["name"]]
    audited = await session.execute(
        sa.text("SELECT before, after FROM core.audit_log WHERE action = 'plans.change'")
    )
    assert audited.all() == [({"name": "Plan FIBER"}, {"name": "Fibre"})]

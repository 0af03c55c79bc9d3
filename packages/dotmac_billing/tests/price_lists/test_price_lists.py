"""Applying, comparing and exporting price lists against a real catalogue."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.service import CatalogService, find_plan
from dotmac_billing.catalog.terms import ChargeModel, PricingModel
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import compile_price
from dotmac_billing.price_lists.diff_text import price_list_diff
from dotmac_billing.price_lists.difference import Step
from dotmac_billing.price_lists.errors import InvalidPriceListError
from dotmac_billing.price_lists.service import apply_price_list, export_price_list
from dotmac_billing.settings.service import open_billing
from dotmac_billing.testing import metered, plan
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.meters.service import define_meter
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

ISP = (Path(__file__).parents[4] / "examples/price-list.yaml").read_text()
SMALL = """
plans:
  FIBER:
    name: Fiber
    components:
      line: {name: Line, prices: {EUR: 49.90}}
"""


async def found(session: AsyncSession, code: str) -> PublishedPlan:
    published = await find_plan(session, code)
    assert published is not None
    return published


async def test_a_price_list_is_applied_once(session: AsyncSession) -> None:
    done = await apply_price_list(session, ISP)

    assert [(one.step, one.code) for one in done] == [
        (Step.ADD_PRODUCT, "internet"),
        (Step.ADD_PRODUCT, "extras"),
        (Step.ADD_METER, "traffic_gb"),
        (Step.ADD_TAX_RATE, "VAT"),
        (Step.PUBLISH_PLAN, "FIBER-100"),
        (Step.PUBLISH_PLAN, "FIBER-500"),
        (Step.PUBLISH_PLAN, "FIBER-1000-YEARLY"),
        (Step.PUBLISH_PLAN, "STATIC-IP"),
        (Step.SET_CHANGE_RULES, "*"),
    ]
    basic = await found(session, "FIBER-100")
    assert basic.pricing_model is PricingModel.HYBRID
    assert basic.is_priced_in("USD")
    traffic = basic.component("traffic")
    assert traffic is not None
    assert traffic.model is ChargeModel.GRADUATED
    assert traffic.prices["EUR"]["maximum"] == "50"
    assert await apply_price_list(session, ISP) == []


async def test_an_export_says_the_same_in_another_tenant(
    session: AsyncSession, database: Database, second_tenant: Tenant
) -> None:
    await apply_price_list(session, ISP)
    exported = await export_price_list(session)

    assert await apply_price_list(session, exported) == []
    async with database.transaction(second_tenant.id) as other:
        await open_billing(other, currency="GBP")
        await apply_price_list(other, exported)
        assert await export_price_list(other) == exported


async def test_a_dry_run_does_nothing(session: AsyncSession) -> None:
    planned = await apply_price_list(session, SMALL, dry_run=True)

    assert [one.step for one in planned] == [Step.PUBLISH_PLAN]
    assert await find_plan(session, "FIBER") is None


async def test_a_version_is_published_where_terms_differ_and_nowhere_else(
    session: AsyncSession,
) -> None:
    await apply_price_list(session, ISP)
    dearer = ISP.replace("EUR: 44.90", "EUR: 47.90").replace("name: Extras", "name: Additions")

    done = await apply_price_list(session, dearer)

    assert [(one.step, one.code) for one in done] == [
        (Step.CHANGE_PRODUCT, "extras"),
        (Step.PUBLISH_VERSION, "FIBER-500"),
    ]
    assert price_list_diff(done) == [
        "~ product extras",
        "    ~ name: Extras → Additions",
        "~ plan FIBER-500: new version (for those who have it already: never)",
        "    ~ components.line.prices.EUR: 44.90 → 47.90",
    ]
    assert (await found(session, "FIBER-500")).version == 2
    assert (await found(session, "FIBER-100")).version == 1


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("EUR: 49.90", "EUR: 49.9", None),
        ("EUR: 49.90", 'EUR: "49.90000"', None),
        ("EUR: 49.90", "EUR: {price: 49.90}", None),
        (
            "name: Fiber\n",
            "name: Fiber\n    cycle: monthly\n    available_from: 2030-01-01\n",
            None,
        ),
        ("name: Fiber\n", "name: Fiber\n    pricing_model: flat_rate\n", None),
        ("EUR: 49.90", "EUR: 49.90, USD: 55", "    + components.line.prices.USD: 55"),
        (
            "EUR: 49.90",
            "EUR: {price: 49.90, minimum: 60}",
            "    ~ components.line.prices.EUR: 49.90 → {price: 49.90, minimum: 60}",
        ),
        ("name: Line", "name: Line, cycle: weekly", "    + components.line.cycle: weekly"),
        (
            "name: Fiber\n",
            "name: Fiber\n    features: {mail: 5}\n",
            "    + features.mail: 5",
        ),
        ("name: Fiber\n", "name: Fibre\n", "    ~ name: Fiber → Fibre"),
        ("name: Fiber\n", "name: Fiber\n    is_public: false\n", "    + is_public: false"),
        (
            "name: Fiber\n",
            "name: Fiber\n    retired_on: 2027-01-01\n",
            "    + retired_on: 2027-01-01",
        ),
        (
            "name: Fiber\n",
            "name: Fiber\n    change_rules: [{behaviour: at_renewal}]\n",
            "    + change_rules.* → * (any): at_renewal",
        ),
    ],
)
async def test_what_differs_is_shown_by_its_path(
    session: AsyncSession, before: str, after: str, line: str | None
) -> None:
    await apply_price_list(session, SMALL)
    changed = SMALL.replace(before, after)
    assert changed != SMALL

    done = await apply_price_list(session, changed)

    assert price_list_diff(done)[1:] == ([] if line is None else [line])
    assert await apply_price_list(session, changed) == []
    back = await apply_price_list(session, SMALL)
    assert len(back) == len(done)


async def test_a_plan_that_is_not_named_stays_and_one_that_is_comes_back(
    session: AsyncSession,
) -> None:
    other = await plan(session, "OTHER")
    await apply_price_list(session, SMALL)
    fiber = await found(session, "FIBER")
    await CatalogService(session).retire(fiber.plan_id, fiber.available_from)

    done = await apply_price_list(session, SMALL.replace("49.90", "59.90"))

    assert [one.step for one in done] == [Step.UNRETIRE_PLAN, Step.PUBLISH_VERSION]
    assert await found(session, "OTHER") == other


async def test_rules_that_are_not_said_stay(session: AsyncSession) -> None:
    rules = SMALL + "change_rules: [{behaviour: at_renewal}]"
    await apply_price_list(session, rules)

    assert await apply_price_list(session, SMALL) == []
    gone = await apply_price_list(session, SMALL + "change_rules: []")
    assert price_list_diff(gone) == ["~ change rules", "    - * → * (any): at_renewal"]


async def test_all_mistakes_of_a_shape_are_told_with_their_paths(session: AsyncSession) -> None:
    text = """
    plans:
      FIBER:
        colour: red
        cycle: fortnightly
        components:
          line: {name: Line, prices: {EUR: -1, eur: 2}}
          tv: {name: TV, prices: {}}
    products: {tv: {}}
    """

    with pytest.raises(InvalidPriceListError) as refused:
        await apply_price_list(session, text)

    assert sorted(one.path for one in refused.value.mistakes) == [
        "plans.FIBER.colour",
        "plans.FIBER.components.line.prices.EUR",
        "plans.FIBER.components.line.prices.eur",
        "plans.FIBER.components.tv.prices",
        "plans.FIBER.cycle",
        "plans.FIBER.name",
        "products.tv.name",
    ]


async def test_all_contradictions_are_told_with_their_paths(session: AsyncSession) -> None:
    text = """
    plans:
      FIBER:
        name: Fiber
        product: net
        add_on_to: [plan:FIBRE, product]
        components:
          line: {name: Line, prices: {USD: 1}, tax_code: VAT}
          usage: {name: Use, kind: usage, model: volume, prices: {EUR: {tiers: [{up_to: 5}]}}}
          parts: {name: Parts, kind: usage, model: dynamic, prices: {EUR: {}}, meter: part}
        phases: [{code: try, kind: trial, length: 14, unit: days}]
        change_rules: [{to: plan:NONE, behaviour: at_renewal}]
    change_rules: [{behaviour: at_renewal}, {behaviour: restart_cycle}]
    """

    with pytest.raises(InvalidPriceListError) as refused:
        await apply_price_list(session, text)

    assert {(one.path, one.problem) for one in refused.value.mistakes} >= {
        ("plans.FIBER.product", "There is no product 'net'."),
        ("plans.FIBER.add_on_to", "'plan:FIBRE' names nothing that there is."),
        ("plans.FIBER.components.line", "It has no price in EUR."),
        ("plans.FIBER.components.line.tax_code", "There is no tax 'VAT'."),
        ("plans.FIBER.components.usage", "A component for usage names its meter."),
        ("plans.FIBER.components.parts.meter", "There is no meter 'part'."),
        ("plans.FIBER.change_rules", "'plan:NONE' names nothing that there is."),
        ("change_rules", "Two rules are about the same change."),
    }
    count = await session.execute(sa.text("SELECT count(*) FROM billing.plans"))
    assert count.scalar_one() == 0


async def test_a_tax_rate_that_was_added_stands(session: AsyncSession) -> None:
    vat = "tax_rates: {VAT: [{rate: 0.2, valid_from: 2020-01-01}]}"
    await apply_price_list(session, vat)

    assert await apply_price_list(session, vat.replace("0.2,", "0.20,")) == []
    with pytest.raises(InvalidPriceListError, match="another rate from 2020-01-01"):
        await apply_price_list(session, vat.replace("0.2,", "0.21,"))
    later = vat.replace("2020-01-01}", "2020-01-01}, {rate: 0.21, valid_from: 2021-01-01}")
    assert [one.step for one in await apply_price_list(session, later)] == [Step.ADD_TAX_RATE]


async def test_a_category_of_products_is_a_tax_too(session: AsyncSession) -> None:
    taxed = SMALL.replace("EUR: 49.90}", "EUR: 49.90}, tax_code: internet-access")
    await session.execute(
        sa.text(
            "INSERT INTO billing.tax_categories (id, code, name, is_goods, created_at) "
            "VALUES (:id, 'internet-access', 'Internet access', false, now())"
        ),
        {"id": new_id()},
    )

    await apply_price_list(session, taxed)

    assert (await found(session, "FIBER")).components[0].tax_code == "internet-access"


TIERS = {"tiers": [{"up_to": "10", "unit_price": "0.000000000001"}, {"flat_fee": "5"}]}
WINDOWS = {
    "windows": [
        {"name": "1.0", "days": ["mon"], "from": "08:00", "to": "20:00", "unit_price": "1"}
    ],
    "otherwise_unit_price": "0.5",
}


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (ChargeModel.FLAT, {"price": "100"}),
        (ChargeModel.FLAT, {"price": "0.5", "minimum": "3", "maximum": "3.50"}),
        (ChargeModel.PER_UNIT, {"unit_price": "0.000000000001"}),
        (ChargeModel.GRADUATED, TIERS),
        (ChargeModel.VOLUME, TIERS),
        (ChargeModel.STAIRSTEP, {"tiers": [{"up_to": "0.5", "flat_fee": "0"}, {"flat_fee": "9"}]}),
        (ChargeModel.PACKAGE, {"size": "12", "price": "1.10", "free_units": "5"}),
        (ChargeModel.PERCENTAGE, {"rate": "0.029", "fixed_fee": "0.30", "free_units": "2"}),
        (
            ChargeModel.GRADUATED_PERCENTAGE,
            {"tiers": [{"up_to": "9", "rate": "0.1"}, {"rate": "0"}]},
        ),
        (ChargeModel.DYNAMIC, {"multiplier": "1.2"}),
        (
            ChargeModel.PREPAID,
            {"included": "10", "price": "5", "overage": {"model": "per_unit", "unit_price": "1"}},
        ),
        (ChargeModel.TIME_OF_USE, WINDOWS),
    ],
)
async def test_every_charge_model_survives_the_way_out_and_in(
    session: AsyncSession,
    database: Database,
    second_tenant: Tenant,
    model: ChargeModel,
    parameters: dict[str, object],
) -> None:
    await define_meter(session, NewMeter("gb", "GB", Aggregation.SUM, price_property="price"))
    published = await plan(session, "METERED", components=[metered("gb", model, parameters)])
    exported = await export_price_list(session)

    assert await apply_price_list(session, exported) == []
    async with database.transaction(second_tenant.id) as other:
        await apply_price_list(other, exported)
        [there] = (await found(other, "METERED")).components
        assert await export_price_list(other) == exported
    [here] = published.components
    measured = Measured(
        Decimal("12.5"),
        Decimal(7),
        (Decimal(5), Decimal("7.5")),
        {"1.0": Decimal(3), "otherwise": Decimal("9.5")},
    )
    charged = [
        compile_price(one.model, one.prices["EUR"], currency="EUR").charge(measured)
        for one in (here, there)
    ]
    assert charged[0] == charged[1]


METER = "meters: {gb: {name: Traffic, aggregation: sum, dimensions: [way]}}"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("name: Traffic", "name: Volume", "    ~ name: Traffic → Volume"),
        ("sum,", "sum, back_dating_days: 7,", "    + back_dating_days: 7"),
        ("sum,", "sum, late_policy: refuse,", "    + late_policy: refuse"),
        ("[way]", '["way"]', None),
    ],
)
async def test_of_a_meter_may_change_what_does_not_count(
    session: AsyncSession, before: str, after: str, line: str | None
) -> None:
    await apply_price_list(session, METER)
    changed = METER.replace(before, after)

    done = await apply_price_list(session, changed)

    assert price_list_diff(done)[1:] == ([] if line is None else [line])
    assert await apply_price_list(session, changed) == []
    assert len(await apply_price_list(session, METER)) == len(done)


@pytest.mark.parametrize(
    ("before", "after"),
    [("sum", "max"), ("[way]", "[way, place]"), ("sum,", "sum, filters: {way: [up]},")],
)
async def test_what_a_meter_counts_stands(session: AsyncSession, before: str, after: str) -> None:
    await apply_price_list(session, METER)

    with pytest.raises(InvalidPriceListError, match="make another meter"):
        await apply_price_list(session, METER.replace(before, after))


async def test_a_price_asks_for_what_its_meter_counts(session: AsyncSession) -> None:
    usage = "name: Use, kind: usage, model: dynamic, meter: gb, prices: {EUR: {}}"
    text = METER + "\nplans: {A: {name: A, components: {u: {%s}}}}"

    with pytest.raises(InvalidPriceListError) as refused:
        await apply_price_list(session, text % usage)

    assert [one.path for one in refused.value.mistakes] == ["plans.A.components.u.meter"]


async def test_a_filter_is_about_what_the_meter_keeps_apart(session: AsyncSession) -> None:
    usage = "name: Use, kind: usage, model: per_unit, meter: gb, prices: {EUR: 1}"
    text = METER + "\nplans: {A: {name: A, components: {u: {%s, filters: {%s: [up]}}}}}"

    with pytest.raises(InvalidPriceListError, match="does not keep usage apart by 'place'"):
        await apply_price_list(session, text % (usage, "place"))
    assert len(await apply_price_list(session, text % (usage, "way"))) == 2


async def test_a_meter_that_could_not_count_is_refused(session: AsyncSession) -> None:
    with pytest.raises(InvalidPriceListError, match=r"meters\.gb: "):
        await apply_price_list(session, METER.replace("sum", "sum, weighting: hour"))

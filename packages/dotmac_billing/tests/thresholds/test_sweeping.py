"""Usage that is billed before its period is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from dotmac_billing import run_billing
from dotmac_billing.catalog.plan import NewComponent, PublishedPlan
from dotmac_billing.catalog.terms import BillingTiming, ChargeModel
from dotmac_billing.catalog.thresholds import BillingThresholds
from dotmac_billing.changes.kinds import ChangeAt
from dotmac_billing.changes.wanted import When
from dotmac_billing.testing import metered
from dotmac_billing.thresholds.service import Swept, sweep
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import define_meter, ingest
from dotmac_billing.usage.terms import Aggregation
from packages.dotmac_billing.tests.changes.story import DEC_1, NOV_1, TODAY, Story

PER_UNIT = metered("traffic", ChargeModel.PER_UNIT, {"unit_price": "1.00"})
_ids = count(1)


def at(*steps: int, every: int | None = None, **quantities: int) -> BillingThresholds:
    """Thresholds in euros."""
    return BillingThresholds(
        {"EUR": tuple(map(Decimal, steps))} if steps else {},
        {} if every is None else {"EUR": Decimal(every)},
        {code: Decimal(quantity) for code, quantity in quantities.items()},
    )


async def priced(
    story: Story, thresholds: BillingThresholds, *components: NewComponent
) -> PublishedPlan:
    """A plan with a meter for its traffic, billed afterwards."""
    await story.do(
        lambda session: define_meter(session, NewMeter("traffic", "Traffic", Aggregation.SUM))
    )
    return await story.priced(
        *(components or (PER_UNIT,)), thresholds=thresholds, timing=BillingTiming.ARREARS
    )


async def used(story: Story, subscription_id: UUID, quantity: object, day: int = 19) -> None:
    """Traffic on a day of November 2026."""
    event = UsageEvent(
        f"t-{next(_ids)}",
        "traffic",
        datetime(2026, 11, day, 12, tzinfo=UTC),
        subscription=str(subscription_id),
        value=Decimal(str(quantity)),
    )
    await story.do(lambda session: ingest(session, [event]))


async def swept(story: Story, **bounds: int) -> Swept:
    """A tick of the job; nothing may fail."""
    found = await sweep(story.database, story.tenant.id, **bounds)
    assert found.failures == []
    return found


async def test_each_amount_is_billed_once_and_the_rest_at_the_end(story: Story) -> None:
    subscription = await story.subscribed(await priced(story, at(100, 500)))

    await used(story, subscription, 99)
    assert (await swept(story)).invoices == 0
    await used(story, subscription, 21)
    assert (await swept(story)).invoices == 1
    assert (await swept(story)).invoices == 0  # what is billed is reached no more
    await used(story, subscription, 400)
    assert (await swept(story)).invoices == 1
    await used(story, subscription, 7)
    assert (await swept(story)).invoices == 0

    await story.bill(DEC_1)
    assert await story.invoiced() == [
        (TODAY, Decimal(120)),
        (TODAY, Decimal(400)),
        (DEC_1, Decimal(7)),
    ]
    await story.check()


async def test_above_the_last_amount_every_so_much_is_billed(story: Story) -> None:
    subscription = await story.subscribed(await priced(story, at(100, every=50)))
    found = []
    for quantity in (60, 40, 49, 1, 120):
        await used(story, subscription, quantity)
        found.append((await swept(story)).invoices)

    assert found == [0, 1, 0, 1, 1]
    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()] == [100, 50, 120, 0]


async def test_a_quantity_of_a_component_is_a_threshold_too(story: Story) -> None:
    cheap = metered("traffic", ChargeModel.PER_UNIT, {"unit_price": "0.01"})
    subscription = await story.subscribed(await priced(story, at(traffic=1000), cheap))

    await used(story, subscription, 999)
    assert (await swept(story)).invoices == 0
    await used(story, subscription, 1)
    assert (await swept(story)).invoices == 1

    rows = await story.rows("SELECT measure, threshold, component FROM billing.threshold_invoices")
    assert rows == [("quantity", 1000, "traffic")]


async def test_the_next_period_begins_anew(story: Story) -> None:
    subscription = await story.subscribed(await priced(story, at(100)))
    await used(story, subscription, 150)
    await swept(story)
    await run_billing(story.database, story.tenant.id, DEC_1, historical=True)
    story.clock.move_to(datetime(2026, 12, 10, 12, tzinfo=UTC))

    assert (await swept(story)).invoices == 0

    unsettled = "SELECT count(*) FROM billing.interim_periods WHERE settled_at IS NULL"
    assert await story.rows(unsettled) == [(0,)]


async def test_a_tick_looks_at_so_many_and_the_next_goes_on_there(story: Story) -> None:
    plan = await priced(story, at(10))
    for _ in range(5):
        await used(story, await story.subscribed(plan), 20)

    looks = [await swept(story, chunk_size=2, most=2) for _ in range(4)]

    assert [(one.looked_at, one.invoices) for one in looks] == [(2, 2), (2, 2), (1, 1), (2, 0)]


async def test_tiers_hold_over_the_whole_period(story: Story) -> None:
    tiers = {"tiers": [{"up_to": "100", "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}]}
    graduated = metered("traffic", ChargeModel.GRADUATED, tiers)
    subscription = await story.subscribed(await priced(story, at(50, 100), graduated))
    for quantity in (60, 60, 80):
        await used(story, subscription, quantity)
        await swept(story)

    await story.bill(DEC_1)

    # 60; then 110 less that; then 150 less that: half price above 100.
    assert [net for _, net in await story.invoiced()] == [60, 50, 40]


async def test_a_volume_price_that_falls_gives_back_what_was_too_much(story: Story) -> None:
    tiers = {"tiers": [{"up_to": "100", "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}]}
    volume = metered("traffic", ChargeModel.VOLUME, tiers)
    subscription = await story.subscribed(await priced(story, at(50), volume))
    await used(story, subscription, 100)
    await swept(story)
    await used(story, subscription, 10)

    await story.bill(DEC_1)

    assert [net for _, net in await story.invoiced()] == [100, Decimal(55) - 100]
    await story.check()


async def test_minimum_and_cap_are_those_of_the_whole_period(story: Story) -> None:
    bounds: Mapping[str, object] = {"unit_price": "1", "minimum": "200", "maximum": "300"}
    subscription = await story.subscribed(
        await priced(story, at(50, 290), metered("traffic", ChargeModel.PER_UNIT, bounds))
    )
    await used(story, subscription, 60)
    await swept(story)
    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()] == [60, 140]

    capped = metered("traffic", ChargeModel.PER_UNIT, bounds)
    plan = await story.priced(capped, thresholds=at(50, 290), timing=BillingTiming.ARREARS)
    other = await story.subscribed(plan)
    await used(story, other, 900)
    await swept(story)
    await used(story, other, 900)
    assert (await swept(story)).invoices == 0
    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()][2:] == [300, 0]


async def test_what_was_billed_of_an_item_that_never_was_is_given_back(story: Story) -> None:
    subscription = await story.subscribed(await priced(story, at(50)))
    await used(story, subscription, 60)
    await swept(story)
    tripled = metered("traffic", ChargeModel.PER_UNIT, {"unit_price": "3.00"})
    dearer = await story.priced(tripled, timing=BillingTiming.ARREARS)
    await story.change_plan(subscription, dearer, When(at=ChangeAt.DATE, on=NOV_1))
    await story.bill(DEC_1)

    assert sum(net for _, net in await story.invoiced()) == 180
    await story.check()

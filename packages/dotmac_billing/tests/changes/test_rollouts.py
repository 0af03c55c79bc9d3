"""New versions of plans for those who have an older one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.plan import NewComponent, NewTerms, PublishedPlan
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.catalog.terms import Rollout
from dotmac_billing.rollouts.service import roll_out

from .story import DEC_1, NOV_1, TODAY, Story, share


async def dearer(story: Story, plan: PublishedPlan, rollout: Rollout, on: date | None) -> UUID:
    """Publish a version of the plan at 60."""

    async def publish(session: AsyncSession) -> UUID:
        base = NewComponent("base", "Line", Decimal(60))
        terms = NewTerms((base,), rollout=rollout, rollout_on=on, available_from=NOV_1)
        return (await CatalogService(session).publish_version(plan.plan_id, terms)).id

    return await story.do(publish)


async def test_a_version_for_new_subscribers_only_leaves_the_others_alone(story: Story) -> None:
    plan = await story.plan("30.00")
    await story.subscribed(plan)
    await dearer(story, plan, Rollout.NEVER, None)

    done = await roll_out(story.database, story.tenant.id)

    assert (done.changed, done.refused) == (0, {})


async def test_a_version_comes_with_the_next_renewal_and_is_arranged_once(story: Story) -> None:
    plan = await story.plan("30.00")
    for _ in range(3):
        await story.subscribed(plan)
    await story.bill()
    await dearer(story, plan, Rollout.NEXT_RENEWAL, None)

    first = await roll_out(story.database, story.tenant.id)
    again = await roll_out(story.database, story.tenant.id)

    assert (first.changed, again.changed) == (3, 0)
    await story.bill(DEC_1)
    assert [net for _, net in await story.invoiced()] == [30] * 3 + [60] * 3


async def test_a_version_from_a_day_on_is_prorated(story: Story) -> None:
    plan = await story.plan("30.00")
    subscription_id = await story.subscribed(plan)
    await story.bill()
    version_id = await dearer(story, plan, Rollout.DATE, TODAY)

    await roll_out(story.database, story.tenant.id)

    assert (await story.get(subscription_id)).plan_version_id == version_id
    await story.bill(DEC_1)
    assert (await story.invoiced())[-1][1] == 60 + share("30", 11, 30)

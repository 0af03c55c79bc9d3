"""Whatever is done to subscriptions and invoices, in whatever order, no cent is made or lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from tests.journeys.conserved.steps import Step, anything, run, starting
from tests.journeys.conserved.world import world

pytestmark = pytest.mark.journey

NewTenant = Callable[[], Awaitable[Tenant]]
EXAMPLES, STEPS = 25, 14


@given(first=starting, steps=st.lists(anything, max_size=STEPS))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
async def test_money_is_conserved_by_any_sequence_of_changes(
    *, first: Step, steps: list[Step], database: Database, new_tenant: NewTenant
) -> None:
    here = await world(database, (await new_tenant()).id)

    for step in [first, *steps]:
        await step(here)
    await run(here, 40)

    await here.check()

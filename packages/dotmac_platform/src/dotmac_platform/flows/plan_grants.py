"""What a tenant may use is what it subscribes to as a customer of the operator.

A subscription that begins, changes or ends in the operator tenant has a job look at the customer
anew; once a day all of them are looked at, because a start or an end may have lain ahead. The job
works out what holds now, whatever brought it about, so it can be repeated and come in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import Entitlement, SubscriptionStarted, entitlements_of_customer
from dotmac_core_events import EventConsumer, enqueue
from dotmac_core_ops.database import Database
from dotmac_core_ops.module import Job, JobContext
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import is_operator
from dotmac_identity import (
    UNLIMITED,
    Client,
    EntitlementsChanged,
    EntitlementService,
    MoveReason,
    TenantLifeService,
    clients_of,
    limits_of,
    lock_client,
    reconcile,
)

GRANT_JOB = "platform.grant_plans"

_CHANGES = (
    *("billing.subscription_changed", "billing.subscription_cancelled"),
    *("billing.subscription_expired", "billing.subscription_paused"),
    *("billing.subscription_resumed", "billing.subscription_renewed"),
)
_PAID_FOR = frozenset({TenantState.TRIAL, TenantState.READ_ONLY})
_LOSES = frozenset({TenantState.ACTIVE, TenantState.PAST_DUE})


async def _look_again(customer_ids: Iterable[UUID], session: AsyncSession) -> None:
    if not await is_operator(session):
        return
    for customer_id in sorted(set(customer_ids)):
        if await clients_of(session, customer_id):
            await enqueue(session, GRANT_JOB, {"customer_id": str(customer_id)})


@EventConsumer.handle("billing.subscription_started", batch=True, name="platform.plan_grants")
async def on_subscriptions_started(
    events: Sequence[SubscriptionStarted], session: AsyncSession
) -> None:
    """Grant what was subscribed to."""
    await _look_again((event.customer_id for event in events), session)


async def _on_changed(event: dict[str, object], session: AsyncSession) -> None:
    await _look_again([UUID(str(event["customer_id"]))], session)


ON_SUBSCRIPTIONS_CHANGED = tuple(
    EventConsumer.handle(name, name="platform.plan_grants")(_on_changed) for name in _CHANGES
)


async def grant_plans(context: JobContext) -> None:
    """Look at one customer of the operator, or at all of them; nothing for other tenants."""
    assert context.tenant_id is not None
    given = context.payload.get("customer_id")
    async with context.database.transaction(context.tenant_id) as session:
        if not await is_operator(session):
            return
        clients = await clients_of(session, None if given is None else UUID(given))
    for client in clients:
        await _grant(context.database, context.tenant_id, client)
        await context.extend_lease()


async def _grant(database: Database, operator_id: UUID, client: Client) -> None:
    async with database.transaction(operator_id) as operator:
        # Who looks later also writes later.
        await lock_client(operator, client.tenant_id)
        features = features_of(await entitlements_of_customer(operator, client.customer_id))
        async with database.transaction(client.tenant_id) as session:
            await _apply(session, client, features)


async def _apply(
    session: AsyncSession, client: Client, features: dict[str, bool | int | str]
) -> None:
    life = TenantLifeService.within(session)
    state = (await life.standing()).state
    if features:
        plan = str(features.get("tier", "plan"))
        granted = EntitlementService.within(session)
        await granted.grant(plan, features, customer_id=client.customer_id)
        if state in _PAID_FOR:
            await life.move(TenantState.ACTIVE, MoveReason.SUBSCRIBED)
    elif state in _LOSES:
        await life.move(TenantState.READ_ONLY, MoveReason.SUBSCRIPTION_ENDED)


def features_of(entitlements: Iterable[Entitlement]) -> dict[str, bool | int | str]:
    """What billing says, as identity takes it: switches, limits (-1 unlimited) and words."""
    found: dict[str, bool | int | str] = {}
    for one in entitlements:
        if one.kind.value == "limit":
            found[one.feature] = UNLIMITED if one.limit is None else one.limit
        else:
            found[one.feature] = one.is_granted if one.word is None else one.word
    return found


GRANT_PLANS = Job(GRANT_JOB, grant_plans, schedule="19 0 * * *")
"""When a subscription changes, and once a day."""


async def check_limits(context: JobContext) -> None:
    """Count what limits are about, and mend what was noted wrong."""
    assert context.tenant_id is not None
    async with context.database.transaction(context.tenant_id) as session:
        await reconcile(session, limits_of(context.modules))


CHECK_JOB = "platform.check_limits"


@EventConsumer.handle("identity.entitlements_changed", batch=True)
async def on_entitlements_changed(_: Sequence[EntitlementsChanged], session: AsyncSession) -> None:
    """Count what the plan may limit from now on: what has no limit is not noted as it is made."""
    await enqueue(session, CHECK_JOB)


CHECK_LIMITS = Job(CHECK_JOB, check_limits, schedule="43 2 * * *", is_upkeep=True)
"""When a plan changes, and once a night, for each tenant."""

"""Granting, asking and using what a tenant's plan contains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, get_database, new_id, tenant_of
from dotmac_core_ops.module import Limit, Module
from dotmac_core_ops.principal import current_actor, principal_of
from dotmac_identity.entitlements.errors import (
    FeatureRequiredError,
    LimitReachedError,
    OverrideNotFoundError,
    TierRequiredError,
)
from dotmac_identity.entitlements.events import EntitlementsChanged
from dotmac_identity.entitlements.granted import (
    TIER,
    UNLIMITED,
    Entitlements,
    Feature,
    Override,
    entitlements,
    rank_of,
)
from dotmac_identity.entitlements.models import EntitlementOverride, PlanGrant
from dotmac_identity.entitlements.repository import EntitlementRepository

USERS = "users"
"""The limit on people of the organisation who may sign in."""


@dataclass(frozen=True)
class LimitStand:
    """A limit, and how many there are. `limit` -1: as many as one likes."""

    name: str
    limit: int
    used: int


async def entitlements_of_tenant(session: AsyncSession) -> Entitlements:
    """What the session's tenant may use today."""
    found = EntitlementRepository(session)
    grant = await found.grant()
    if grant is None:
        return Entitlements()
    overrides = [row.override() for row in await found.overrides()]
    return entitlements(grant.plan, grant.features, overrides, clock_of(session).today())


async def take(session: AsyncSession, name: str, count: int = 1) -> None:
    """Use `count` more of the limit `name`, in the transaction that makes them.

    Call it before they are made: whoever else takes of the same limit waits until this transaction
    ends, so that two at once never both get the last one.

    Raises:
        LimitReachedError: the plan allows fewer.
    """
    noted = EntitlementRepository(session)
    used = await noted.take(name, count)
    granted = await entitlements_of_tenant(session)
    limit = granted.limit_of(name)
    if limit != UNLIMITED and used > limit:
        await noted.release(name, count)  # the caller may go on without them
        raise LimitReachedError(
            name, limit=limit, used=used - count, wanted=count, tier=granted.tier
        )


async def take_if_limited(session: AsyncSession, name: str, count: int = 1) -> None:
    """`take`, unless the plan allows as many as one likes: then nobody waits for anybody.

    For what many make at the same time. How many there are is counted when a plan begins to limit
    it, and every night.

    Raises:
        LimitReachedError: the plan allows fewer.
    """
    if (await entitlements_of_tenant(session)).limit_of(name) != UNLIMITED:
        await take(session, name, count)


async def release(session: AsyncSession, name: str, count: int = 1) -> None:
    """Give back `count` of the limit `name`, in the transaction that removes them."""
    await EntitlementRepository(session).release(name, count)


async def limits_of_tenant(session: AsyncSession) -> list[LimitStand]:
    """Every limit that is granted or used, by name."""
    granted = await entitlements_of_tenant(session)
    used = await EntitlementRepository(session).used()
    names = sorted({*granted.limits, *used})
    return [LimitStand(name, granted.limit_of(name), used.get(name, 0)) for name in names]


async def reconcile(session: AsyncSession, limits: Iterable[Limit]) -> dict[str, tuple[int, int]]:
    """Count what there really is and note it; what was noted and what there is, where they differ.

    Exact beside others that work: who takes of a limit waits, and what they have is counted.
    """
    found = EntitlementRepository(session)
    wrong: dict[str, tuple[int, int]] = {}
    for limit in sorted(limits, key=lambda one: one.name):
        noted = await found.lock(limit.name)
        there_are = await limit.count(session)
        if noted != there_are:
            wrong[limit.name] = (noted, there_are)
            await found.correct(limit.name, there_are)
    return wrong


def limits_of(modules: Iterable[Module]) -> tuple[Limit, ...]:
    """The limits that the modules know how to count."""
    return tuple(limit for module in modules for limit in module.limits)


class EntitlementService:
    """What the session's tenant is granted. Who may grant is decided by the caller."""

    def __init__(self, session: AsyncSession, granted: EntitlementRepository) -> None:
        self._session = session
        self._granted = granted

    @classmethod
    def within(cls, session: AsyncSession) -> EntitlementService:
        """The service in the caller's transaction."""
        return cls(session, EntitlementRepository(session))

    async def grant(
        self, plan: str, features: Mapping[str, Feature], *, customer_id: UUID | None = None
    ) -> bool:
        """Let the tenant use what `plan` contains, instead of what it had; whether that is new.

        Raises:
            UnknownTierError: the feature `tier` is none.
        """
        tier = features.get(TIER)
        if tier is not None:
            rank_of(str(tier))
        row = await self._granted.grant(for_update=True)
        wanted = (plan, dict(features), customer_id)
        if row is not None and (row.plan, row.features, row.customer_id) == wanted:
            return False
        before = None if row is None else {"plan": row.plan, "features": row.features}
        now = clock_of(self._session).now()
        if row is None:
            row = PlanGrant(id=tenant_of(self._session))
            row.plan, row.features, row.customer_id = wanted
            row.granted_at = now
            await self._granted.add(row)
        else:
            row.plan, row.features, row.customer_id = wanted
            row.granted_at = now
        after: dict[str, object] = {"plan": plan, "features": dict(features)}
        await self._tell("grant", before=before, after=after)
        return True

    async def revoke(self) -> bool:
        """Grant nothing any more, which allows everything; whether there was a grant.

        For the end of a subscription, grant what is left then, or move the tenant to read-only.
        """
        row = await self._granted.grant(for_update=True)
        if row is None:
            return False
        before: dict[str, object] = {"plan": row.plan, "features": row.features}
        await self._granted.remove(row)
        await self._tell("revoke", before=before)
        return True

    async def overrides(self) -> list[Override]:
        """What was agreed with the tenant, by name."""
        return [row.override() for row in await self._granted.overrides()]

    async def override(
        self, name: str, value: Feature, *, reason: str, ends_on: date | None = None
    ) -> Override:
        """Let `value` go before what the plan says about `name`.

        Raises:
            UnknownTierError: `name` is `tier` and `value` is none.
        """
        if name == TIER:
            rank_of(str(value))
        row = await self._granted.override(name)
        before = None if row is None else {"name": name, "value": row.value}
        is_new = row is None
        if row is None:
            row = EntitlementOverride(id=new_id(), name=name)
        row.value, row.reason, row.ends_on = value, reason, ends_on
        row.created_at = clock_of(self._session).now()
        row.created_by = current_actor().name
        if is_new:
            await self._granted.add(row)
        after = {"name": name, "value": value, "reason": reason, "ends_on": ends_on}
        await self._tell("override", before=before, after=after)
        return row.override()

    async def drop_override(self, name: str) -> None:
        """Let the plan alone say what holds about `name`.

        Raises:
            OverrideNotFoundError: it is not overridden.
        """
        row = await self._granted.override(name)
        if row is None:
            raise OverrideNotFoundError(name)
        before: dict[str, object] = {"name": name, "value": row.value}
        await self._granted.remove(row)
        await self._tell("override_drop", before=before)

    async def _tell(
        self,
        action: str,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        granted = await entitlements_of_tenant(self._session)
        await EventPublisher(self._session).publish(
            EntitlementsChanged(plan=granted.plan, tier=granted.tier)
        )
        await record(
            self._session,
            action=f"identity.entitlement_{action}",
            target=("tenant", tenant_of(self._session)),
            before=before,
            after=after,
        )


class EntitlementRequirement:
    """The dependency that `require_tier` and `require_feature` return."""

    def __init__(self, *, tier: str | None = None, feature: str | None = None) -> None:
        if tier is not None:
            rank_of(tier)
        self.tier = tier
        self.feature = feature

    async def __call__(self, request: Request) -> None:
        """Let the request pass if its tenant's plan contains what is needed.

        Raises:
            TierRequiredError, FeatureRequiredError: it does not.
        """
        principal = await principal_of(request)
        async with get_database(request).transaction(principal.tenant_id) as session:
            granted = await entitlements_of_tenant(session)
        if self.tier is not None and not granted.has_tier(self.tier):
            raise TierRequiredError(self.tier, granted.tier)
        if self.feature is not None and not granted.has_feature(self.feature):
            raise FeatureRequiredError(self.feature, tier=granted.tier, plan=granted.plan)


def require_tier(tier: str) -> EntitlementRequirement:
    """A dependency that refuses tenants below `tier`: `Depends(require_tier("professional"))`.

    Raises:
        UnknownTierError: there is no such tier.
    """
    return EntitlementRequirement(tier=tier)


def require_feature(feature: str) -> EntitlementRequirement:
    """A dependency that refuses tenants whose plan does not contain `feature`."""
    return EntitlementRequirement(feature=feature)

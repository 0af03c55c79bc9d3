"""What can be done with announced events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.outbox.errors import EventNotDeadError, EventNotFoundError
from dotmac_core_events.outbox.models import EventState, OutboxEvent
from dotmac_core_events.outbox.repository import OutboxRepository
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, tenant_of


@dataclass(frozen=True)
class AnnouncedEvent:
    """An event as it stands in the outbox; `state` is pending, delivered or dead."""

    id: UUID
    name: str
    payload: dict[str, Any]
    occurred_at: datetime
    state: str
    attempts: int
    last_error: str | None
    request_id: str | None
    correlation_id: UUID | None


class OutboxService:
    """Looks at the tenant's events, and decides about those that could not be delivered."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._events = OutboxRepository(session)

    async def get(self, event_id: UUID) -> AnnouncedEvent:
        """The event of that id.

        Raises:
            EventNotFoundError: there is none.
        """
        event = await self._events.get(event_id)
        if event is None:
            raise EventNotFoundError(event_id)
        return _announced(event)

    async def page(
        self, *, state: EventState | None, name: str | None, offset: int, limit: int
    ) -> tuple[list[AnnouncedEvent], int]:
        """Events that match, newest first, and how many match in all."""
        events, total = await self._events.page(state=state, name=name, offset=offset, limit=limit)
        return [_announced(event) for event in events], total

    async def replay(self, event_ids: Collection[UUID] | None = None) -> int:
        """Have dead events delivered again, to the handlers that do not have them; how many.

        `None` means all of them.

        Raises:
            EventNotDeadError: one of them is not dead, or not there; none is replayed.
        """
        wanted = await self._wanted(event_ids)
        _refuse_others(wanted, await self._events.revive(wanted))
        await self._record("events.replayed", len(wanted))
        return len(wanted)

    async def drop(self, event_ids: Collection[UUID] | None = None) -> int:
        """Remove dead events for good; how many. `None` means all of them.

        Raises:
            EventNotDeadError: one of them is not dead, or not there; none is dropped.
        """
        wanted = await self._wanted(event_ids)
        _refuse_others(wanted, await self._events.remove_dead(wanted))
        await self._record("events.dropped", len(wanted))
        return len(wanted)

    async def _wanted(self, event_ids: Collection[UUID] | None) -> list[UUID]:
        return await self._events.dead_ids() if event_ids is None else sorted(set(event_ids))

    async def _record(self, action: str, count: int) -> None:
        if count:
            target = ("tenant", tenant_of(self._session))
            await record(self._session, action=action, target=target, after={"events": count})


async def tail(
    database: Database, tenant_id: UUID, after: UUID | None = None, limit: int = 50
) -> list[AnnouncedEvent]:
    """The tenant's events that follow `after`, oldest first; without it, the latest ones.

    To follow, pass the id of the last one seen. An event may be passed over this way when its
    transaction committed late; delivery does not depend on this.
    """
    async with database.transaction(tenant_id) as session:
        events = OutboxRepository(session)
        found = await (events.latest(limit) if after is None else events.after(after, limit))
        return [_announced(event) for event in found]


async def dead_letters(
    database: Database, tenant_id: UUID, after: UUID | None = None, limit: int = 50
) -> list[AnnouncedEvent]:
    """The tenant's events whose delivery was given up, oldest first."""
    async with database.transaction(tenant_id) as session:
        found = await OutboxRepository(session).after(after, limit, EventState.DEAD)
        return [_announced(event) for event in found]


async def replay(
    database: Database, tenant_id: UUID, event_ids: Collection[UUID] | None = None
) -> int:
    """Have dead events delivered again, `None` meaning all of them; how many.

    Raises:
        EventNotDeadError: one of them is not dead, or not there; none is replayed.
    """
    async with database.transaction(tenant_id) as session:
        return await OutboxService(session).replay(event_ids)


async def drop(
    database: Database, tenant_id: UUID, event_ids: Collection[UUID] | None = None
) -> int:
    """Remove dead events for good, `None` meaning all of them; how many.

    Raises:
        EventNotDeadError: one of them is not dead, or not there; none is dropped.
    """
    async with database.transaction(tenant_id) as session:
        return await OutboxService(session).drop(event_ids)


def _refuse_others(wanted: Sequence[UUID], changed: set[UUID]) -> None:
    others = [event_id for event_id in wanted if event_id not in changed]
    if others:
        raise EventNotDeadError(others)


def _announced(event: OutboxEvent) -> AnnouncedEvent:
    return AnnouncedEvent(
        id=event.id,
        name=event.name,
        payload=event.payload,
        occurred_at=event.occurred_at,
        state=event.state.value,
        attempts=event.attempts,
        last_error=event.last_error,
        request_id=event.request_id,
        correlation_id=event.correlation_id,
    )

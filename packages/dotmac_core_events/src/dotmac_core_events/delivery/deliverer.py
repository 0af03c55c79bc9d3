"""Handing events over: each handler gets each event exactly once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.cause import caused_by
from dotmac_core_events.delivery.repository import Claim, ClaimedEvent, FailedEvent, OutboxRelay
from dotmac_core_events.event import Announcement, Event
from dotmac_core_events.failure import (
    MAX_LOSSES,
    WorkerLostError,
    describe,
    is_unreachable,
    retry_delay,
)
from dotmac_core_events.lease import kept_alive
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.logging import get_logger, log_context
from dotmac_core_ops.module import Handler
from dotmac_core_ops.principal import Actor, acting_as

# Written together with the handler's effects; whoever comes second finds it and does nothing.
_FIRST_TIME = """
INSERT INTO events.deliveries (id, event_id, handler)
SELECT given.id, given.event_id, $3
FROM unnest($1::uuid[], $2::uuid[]) AS given(id, event_id)
ON CONFLICT (tenant_id, event_id, handler) DO NOTHING RETURNING event_id
"""
_SUSPECT_LOSSES = 3

_log = get_logger(__name__)
_mapping: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_Errors = dict[UUID, BaseException]


@dataclass(frozen=True)
class Delivered:
    """What a round did: events delivered (those that nobody handles included) and failed."""

    events: int
    failed: int

    @property
    def total(self) -> int:
        """Events taken in the round; 0 when none was due."""
        return self.events + self.failed


class Deliverer:
    """Takes due events in batches and hands them to their handlers."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Sequence[Handler]],
        clock: Clock,
        *,
        batch: int = 500,
        lease_seconds: float = 60,
        max_attempts: int = 12,
        tenants_at_once: int = 4,
        handler_seconds: float = 300,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._names = sorted(handlers)
        self._clock = clock
        self._batch = batch
        self._lease_seconds = lease_seconds
        self._max_attempts = max_attempts
        self._tenants_at_once = asyncio.Semaphore(tenants_at_once)
        self._handler_seconds = handler_seconds
        self._unsettled: list[Callable[[OutboxRelay], Awaitable[None]]] = []

    async def deliver(self, tenant_id: UUID | None = None) -> Delivered:
        """One batch of what is due, of all tenants or of that one.

        What became of it is written down with the next call, in the transaction that takes the next
        batch, or by `settle`; until then the batch stays claimed.
        """
        async with self._settling() as relay:
            now = self._clock.now()
            claim = await relay.claim(
                new_id(),
                names=self._names,
                limit=self._batch,
                now=now,
                lease_until=now + timedelta(seconds=self._lease_seconds),
                tenant_id=tenant_id,
            )
        if not claim.events:
            return Delivered(claim.unheard, 0)
        try:
            async with kept_alive(lambda: self._extend(claim), self._lease_seconds):
                lost = [event for event in claim.events if event.losses >= MAX_LOSSES]
                errors = await self._hand_over(e for e in claim.events if e.losses < MAX_LOSSES)
                errors |= {event.id: WorkerLostError(event.losses) for event in lost}
        except BaseException:
            self._unsettled.append(lambda relay: relay.release(claim))
            raise
        failures = [self._failure(e, errors[e.id]) for e in claim.events if e.id in errors]
        done = [event for event in claim.events if event.id not in errors]
        if done:
            self._unsettled.append(lambda relay: relay.finish(done))
        if failures:
            self._unsettled.append(lambda relay: relay.fail(claim, failures))
        return Delivered(claim.unheard + len(done), len(failures))

    async def settle(self) -> None:
        """Write down what became of the last batch, or give it back."""
        if self._unsettled:
            async with self._settling():
                pass

    @asynccontextmanager
    async def _settling(self) -> AsyncIterator[OutboxRelay]:
        settled = list(self._unsettled)
        async with self._database.relay() as session:
            relay = OutboxRelay(session)
            for write in settled:
                await write(relay)
            yield relay
        self._unsettled = self._unsettled[len(settled) :]

    async def _extend(self, claim: Claim) -> None:
        async with self._database.relay() as session:
            until = self._clock.now() + timedelta(seconds=self._lease_seconds)
            await OutboxRelay(session).extend(claim, until)

    async def _hand_over(self, events: Iterable[ClaimedEvent]) -> _Errors:
        by_tenant: dict[UUID, list[ClaimedEvent]] = {}
        for event in events:
            by_tenant.setdefault(event.tenant_id, []).append(event)
        results = await asyncio.gather(
            *(self._to_tenant(tenant_id, own) for tenant_id, own in by_tenant.items()),
            return_exceptions=True,
        )
        errors: _Errors = {}
        for result in results:
            if isinstance(result, BaseException):
                raise result
            errors |= result
        return errors

    async def _to_tenant(self, tenant_id: UUID, events: Sequence[ClaimedEvent]) -> _Errors:
        by_name: dict[str, list[ClaimedEvent]] = {}
        for event in events:
            by_name.setdefault(event.name, []).append(event)
        errors: _Errors = {}
        async with self._tenants_at_once:
            for name, named in by_name.items():
                for handler in self._handlers[name]:
                    errors |= await self._to_handler(tenant_id, handler, named)
        return errors

    async def _to_handler(
        self, tenant_id: UUID, handler: Handler, events: Sequence[ClaimedEvent]
    ) -> _Errors:
        """All in one transaction; when that fails, and for what failed before, one by one."""
        healthy = [e for e in events if e.attempts == 0 and e.losses < _SUSPECT_LOSSES]
        alone = [e for e in events if e.attempts > 0 or e.losses >= _SUSPECT_LOSSES]
        errors: _Errors = {}
        if healthy:
            error = await self._attempt(tenant_id, handler, healthy)
            if error is not None and len(healthy) == 1:
                errors[healthy[0].id] = error
            elif error is not None:
                alone = [*healthy, *alone]
        if any(e.losses >= _SUSPECT_LOSSES for e in alone):
            # One of them may be ending its worker. In another order each time, the others get done.
            random.shuffle(alone)
        for event in alone:
            error = await self._attempt(tenant_id, handler, [event])
            if error is not None:
                errors[event.id] = error
        return errors

    async def _attempt(
        self, tenant_id: UUID, handler: Handler, events: Sequence[ClaimedEvent]
    ) -> BaseException | None:
        try:
            parsed = [_parse(event, handler.payload) for event in events]
            async with asyncio.timeout(self._handler_seconds):
                await self._database.run(
                    tenant_id, lambda session: _call(session, handler, events, parsed)
                )
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return error  # the handler's own; it must not end the worker
        except Exception as error:
            if is_unreachable(error):
                raise
            with log_context(tenant_id=tenant_id, event_id=events[0].id):
                _log.warning(
                    "handler failed", handler=handler.name, events=len(events), exc_info=True
                )
            return error
        return None

    def _failure(self, event: ClaimedEvent, error: BaseException) -> FailedEvent:
        attempts = event.attempts + 1
        is_dead = attempts >= self._max_attempts or event.losses >= MAX_LOSSES
        if is_dead:
            _log.error("event is dead", event_id=str(event.id), event_name=event.name)
        due = self._clock.now() + retry_delay(attempts)
        return FailedEvent(event, describe(error), due, is_dead)


async def _call(
    session: AsyncSession,
    handler: Handler,
    claimed: Sequence[ClaimedEvent],
    parsed: Sequence[Any],
) -> None:
    connection = await driver_connection(session)
    ids = [event.id for event in claimed]
    rows = await connection.fetch(_FIRST_TIME, [new_id() for _ in ids], ids, handler.name)
    if not rows:
        return
    first_time = {row["event_id"] for row in rows}
    new = [(c, p) for c, p in zip(claimed, parsed, strict=True) if c.id in first_time]
    batches = [new] if handler.batch else [[pair] for pair in new]
    for pairs in batches:
        first = pairs[0][0]
        actor = Actor("system:worker", "system", first.request_id)
        cause = first.id if len(pairs) == 1 else None
        named = {"tenant_id": first.tenant_id, **({"event_id": first.id} if cause else {})}
        with acting_as(actor), caused_by(cause), log_context(**named):
            await handler.call([event for _, event in pairs], session)


def _parse(claimed: ClaimedEvent, cls: type[Any]) -> Any:  # noqa: ANN401 - what the handler takes
    if not issubclass(cls, BaseModel):
        return _mapping.validate_json(claimed.payload)
    event = cls.model_validate_json(claimed.payload)
    if isinstance(event, Event):
        # As the cached property keeps it: events stay frozen for everybody else.
        event.__dict__["announcement"] = Announcement(
            claimed.id, claimed.occurred_at, claimed.request_id, claimed.correlation_id
        )
    return event

"""Announcing events: a row in the outbox, in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, cast, overload
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.cause import current_cause
from dotmac_core_events.event import Event, check_name, event_class
from dotmac_core_events.outbox.models import OutboxEvent
from dotmac_core_ops.database import TableRows, clock_of, copy_rows, driver_connection, new_id
from dotmac_core_ops.module import Handler
from dotmac_core_ops.principal import current_actor

_COLUMNS = ("id", "name", "payload", "request_id", "correlation_id", "occurred_at")
_INSERT = (
    "INSERT INTO events.outbox (id, name, payload, request_id, correlation_id, occurred_at) "
    "VALUES ($1, $2, $3, $4, $5, $6)"
)
_OUTBOX = cast("sa.Table", OutboxEvent.__table__)
_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])

Payload = BaseModel | Mapping[str, Any]
_Row = tuple[UUID, str, str, str | None, UUID | None, datetime]


class EventPublisher:
    """Announces events in the session's transaction: they are told if and only if it commits.

    Handlers marked inline run before `publish` returns, in the same transaction, and their failure
    is the caller's.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @overload
    async def publish(self, event: Event, payload: None = None) -> UUID: ...
    @overload
    async def publish(self, event: str, payload: Payload) -> UUID: ...
    async def publish(self, event: Event | str, payload: Payload | None = None) -> UUID:
        """Announce `event`, or the event of that name with `payload`; the announcement's id.

        `await publisher.publish("billing.invoice_created", {"invoice_id": invoice.id})` is checked
        against the event's class, where a package that was imported defines one.

        Raises:
            EventNameError: no event can have this name.
            pydantic.ValidationError: the payload does not fit the event's class.
        """
        if isinstance(event, str):
            name, body = check_name(event), _body(event, payload)
        else:
            name, body = check_name(event.name), event
        row = next(self._rows([(name, body)]))
        connection = await driver_connection(self._session)
        await connection.execute(_INSERT, *row)
        await self._react(name, [body])
        return row[0]

    async def publish_many(self, events: Iterable[Event]) -> int:
        """Announce all of them, in their order, in one write; how many there were."""
        announced = list(events)
        rows = list(self._rows((check_name(event.name), event) for event in announced))
        await copy_rows(self._session, "events.outbox", rows, columns=_COLUMNS)
        await self.react(announced)
        return len(rows)

    def table(self, events: Iterable[Event]) -> TableRows:
        """The rows that announce the events, for a writer of many tables at once.

        Whoever writes them calls `react` then. The first column is the announcement's id.
        """
        rows = list(self._rows((check_name(event.name), event) for event in events))
        return TableRows(_OUTBOX, _COLUMNS, rows)

    @staticmethod
    def late(table: TableRows, fields: Iterable[Mapping[str, Any]]) -> TableRows:
        """For `insert_staged`: what is merged into the payloads of a staged `table`."""
        rows = [
            (row[0], orjson.dumps(more).decode())
            for row, more in zip(table.rows, fields, strict=True)
        ]
        return TableRows(_OUTBOX, ("id", "payload"), rows)

    async def react(self, announced: Iterable[Event]) -> None:
        """Let the inline handlers have events whose announcement was written."""
        if self._session.info.get("inline_handlers"):
            for name, group in groupby(announced, key=lambda event: event.name):
                await self._react(name, list(group))

    def _rows(self, named: Iterable[tuple[str, Payload]]) -> Iterator[_Row]:
        request_id, cause = current_actor().request_id, current_cause()
        now = clock_of(self._session).now()
        for name, body in named:
            yield new_id(), name, _json(body), request_id, cause, now

    async def _react(self, name: str, bodies: Sequence[Payload]) -> None:
        handlers: Mapping[str, Sequence[Handler]] = self._session.info.get("inline_handlers", {})
        for handler in handlers.get(name, ()):
            await handler.call([_as(handler.payload, body) for body in bodies], self._session)


def _body(name: str, payload: Payload | None) -> Payload:
    cls = event_class(name)
    if cls is None or isinstance(payload, cls):
        return payload if payload is not None else {}
    checked: Event = _as(cls, payload if payload is not None else {})
    return checked


def _as(cls: type[Any], body: Payload) -> Any:  # noqa: ANN401 - what the handler's annotation says
    if isinstance(body, cls):
        return body
    plain = body.model_dump() if isinstance(body, BaseModel) else dict(body)
    return cls.model_validate(plain) if issubclass(cls, BaseModel) else plain


def _json(body: Payload) -> str:
    if isinstance(body, BaseModel):
        return body.model_dump_json()
    return orjson.dumps(_ANYTHING.dump_python(dict(body), mode="json")).decode()

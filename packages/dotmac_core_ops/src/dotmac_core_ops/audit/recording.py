"""Writing audit entries, in the transaction of what they tell about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit.models import AuditEntry
from dotmac_core_ops.database import TableRows, clock_of, copy_rows, driver_connection, new_id
from dotmac_core_ops.logging import redact_secrets
from dotmac_core_ops.principal import current_actor

Target = tuple[str, UUID | str]
"""What was acted on: its kind and its id, such as `("invoice", invoice_id)`."""

_COLUMNS = (
    *("id", "at", "actor", "actor_kind", "action", "target_type", "target_id"),
    *("before", "after", "request_id", "impersonated_by"),
)
_AUDIT_LOG = cast("sa.Table", AuditEntry.__table__)
_INSERT = (
    "INSERT INTO core.audit_log (id, at, actor, actor_kind, action, target_type, target_id, "
    "before, after, request_id, impersonated_by) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An action for `record_many`."""

    action: str
    target: Target
    before: Mapping[str, object] | None = field(default=None)
    after: Mapping[str, object] | None = field(default=None)


async def record(
    session: AsyncSession,
    *,
    action: str,
    target: Target,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Note that the present actor did `action` to `target`, and what it changed.

    `before` and `after` hold only the fields that matter; dates, decimals and ids are written as
    text, values under keys such as `password` or `token` are replaced. It is one round trip, and it
    is written if and only if the transaction is.
    """
    connection = await driver_connection(session)
    row = AuditRow(action, target, before, after)
    await connection.execute(_INSERT, *next(iter(_values(session, (row,)))))


async def record_many(session: AsyncSession, rows: Iterable[AuditRow]) -> int:
    """Note many actions at once; how many. One business action over many things is one row."""
    return await copy_rows(session, "core.audit_log", _values(session, rows), columns=_COLUMNS)


def audit_table(session: AsyncSession, rows: Iterable[AuditRow]) -> TableRows:
    """The rows that note the actions, for a writer of many tables at once."""
    return TableRows(_AUDIT_LOG, _COLUMNS, _values(session, rows))


def _values(session: AsyncSession, rows: Iterable[AuditRow]) -> list[tuple[object, ...]]:
    actor = current_actor()
    at = clock_of(session).now()
    return [
        (
            new_id(),
            at,
            actor.name,
            actor.kind,
            row.action,
            row.target[0],
            str(row.target[1]),
            _json(row.before),
            _json(row.after),
            actor.request_id,
            actor.impersonated_by,
        )
        for row in rows
    ]


def _json(document: Mapping[str, object] | None) -> str | None:
    if document is None:
        return None
    clean = redact_secrets(document)
    return orjson.dumps(clean, default=str, option=orjson.OPT_NON_STR_KEYS).decode()

"""Events of a lighthouse, and a log in which handlers and jobs leave their effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database


class BellRung(Event):
    name: ClassVar[str] = "lighthouse.bell_rung"

    strokes: int


class FogCleared(Event):
    name: ClassVar[str] = "lighthouse.fog_cleared"


async def note(session: AsyncSession, what: str, about: object = "") -> None:
    """Leave an effect: a row of the audit log, which is the tenant's and is never deleted."""
    await record(session, action=what, target=("lighthouse", str(about)))


async def notes(database: Database, tenant_id: UUID) -> list[tuple[str, str]]:
    """The effects in the order in which they were left."""
    async with database.transaction(tenant_id) as session:
        found = await session.execute(
            sa.text("SELECT action, target_id FROM core.audit_log ORDER BY id")
        )
        return [(row.action, row.target_id) for row in found]


async def ring(database: Database, tenant_id: UUID, *strokes: int) -> None:
    """Announce that the bell was rung, once for each number of strokes."""
    async with database.transaction(tenant_id) as session:
        await EventPublisher(session).publish_many(BellRung(strokes=n) for n in strokes)


async def rows(database: Database, tenant_id: UUID, table: str) -> Sequence[sa.Row[Any]]:
    """All rows of a table of the tenant, oldest first."""
    async with database.transaction(tenant_id) as session:
        return (await session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id"))).all()

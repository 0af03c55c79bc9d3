"""Taking back what an import brought, as long as nobody went on with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, clock_of
from dotmac_core_ops.errors import ConflictError
from dotmac_customers.imports.changes import restored
from dotmac_customers.imports.errors import ImportMovedOnError
from dotmac_customers.imports.events import ImportUndone
from dotmac_customers.imports.models import CustomerImport, ImportState
from dotmac_customers.imports.service import ImportService
from dotmac_customers.imports.undoing.repository import UndoingRepository
from dotmac_customers.imports.writing.service import ManyCustomers

CHUNK = 1000
"""Customers that are taken back by one transaction."""

_MOST_NAMED = 100


async def begin_undo(
    session: AsyncSession, import_id: UUID, *, leave_changed: bool
) -> CustomerImport:
    """Have what a file brought taken back by a job.

    Customers whom it made are gone then, their numbers free; changed ones are what they were. Who
    was changed or used since stays as is with `leave_changed`, and is in the way without.

    Raises:
        ImportNotFoundError, ImportStateError, ImportForgottenError: see `ImportService.undo`.
        ImportMovedOnError: naming those who are in the way.
    """
    about = await ImportService(session).undo(import_id)
    if not leave_changed:
        found = await UndoingRepository(session).in_the_way(import_id, limit=_MOST_NAMED)
        if found:
            told = [
                {"number": row["number"], "reason": "changed" if row["is_changed"] else "used"}
                for row in found
            ]
            raise ImportMovedOnError(told, found[0]["total"])
    return about


class UndoPass:
    """What one import brought, taken back chunk by chunk; what was, is gone from the list."""

    def __init__(
        self, database: Database, tenant_id: UUID, import_id: UUID, *, chunk: int = CHUNK
    ) -> None:
        self._database = database
        self._tenant_id = tenant_id
        self._import_id = import_id
        self._chunk = chunk
        self._reached = 0

    async def run(self, after_chunk: Callable[[], Awaitable[None]]) -> None:
        """Take back all that is left; nothing where the import is at another point."""
        size, line, is_more = self._chunk, 0, True
        while is_more:
            try:
                is_more = await self._database.run(
                    self._tenant_id, partial(self._take_back, line, size)
                )
            except ConflictError:
                # Something belongs to one of them, here or in another module: that one is left.
                if size > 1:
                    size //= 2
                    continue
            line, size = self._reached, min(self._chunk, size * 2)
            await after_chunk()
        await self._database.run(self._tenant_id, self._end)

    async def _take_back(self, after: int, size: int, session: AsyncSession) -> bool:
        """Take back what the next lines brought; whether there were any."""
        about = await self._held(session)
        if about.state is not ImportState.UNDOING:
            return False
        repository = UndoingRepository(session)
        rows = await repository.brought(about.id, after=after, limit=size)
        if not rows:
            return False
        self._reached = rows[-1]["line"]
        free = [row for row in rows if not (row["is_changed"] or row["is_used"])]
        await repository.let_go([row["id"] for row in free])
        many = ManyCustomers(session)
        changed = {row["customer_id"]: row["before"] for row in free if row["before"] is not None}
        held = await many.held(list(changed))
        await many.change(
            held, {each: restored(orjson.loads(before)) for each, before in changed.items()}
        )
        made = [(row["customer_id"], row["number"]) for row in free if row["before"] is None]
        if made:
            await many.remove(made)
        about.undone += len(free)
        return True

    async def _end(self, session: AsyncSession) -> None:
        about = await self._held(session)
        if about.state is not ImportState.UNDOING:
            return
        about.end(clock_of(session).now())
        left = about.created + about.changed - about.undone
        undone = ImportUndone(import_id=about.id, undone=about.undone, left=left)
        await EventPublisher(session).publish(undone)
        await record(
            session,
            action="customers.import_undone",
            target=("customer_import", about.id),
            after={"undone": about.undone, "left": left},
        )

    async def _held(self, session: AsyncSession) -> CustomerImport:
        return await ImportService(session).by_id(self._import_id, for_update=True)

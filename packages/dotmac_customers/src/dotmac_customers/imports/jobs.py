"""Files are checked, taken in and taken back, a chunk to a transaction; old ones are forgotten."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.module import Job, JobContext
from dotmac_customers.imports.running.service import ImportPass
from dotmac_customers.imports.service import CHECK_JOB, RUN_JOB, UNDO_JOB, ImportService
from dotmac_customers.imports.undoing.service import UndoPass


async def _look_through(context: JobContext) -> None:
    assert context.tenant_id is not None  # a job of a tenant
    import_id = UUID(str(context.payload["import_id"]))
    await ImportPass(context.database, context.tenant_id, import_id).run(context.extend_lease)


async def _undo(context: JobContext) -> None:
    assert context.tenant_id is not None  # as above
    import_id = UUID(str(context.payload["import_id"]))
    await UndoPass(context.database, context.tenant_id, import_id).run(context.extend_lease)


async def _forget(context: JobContext) -> None:
    assert context.tenant_id is not None  # as above
    async with context.database.transaction(context.tenant_id) as session:
        await ImportService(session).forget_old()


CHECK_IMPORT = Job(CHECK_JOB, _look_through)
"""Looks what would come of a file."""

RUN_IMPORT = Job(RUN_JOB, _look_through)
"""Takes a file in; begun again after a crash, it goes on where it was."""

UNDO_IMPORT = Job(UNDO_JOB, _undo)
"""Takes back what a file brought."""

FORGET_IMPORTS = Job("customers.forget_imports", _forget, schedule="50 2 * * *")
"""Forgets files thirty days after their import ended, and seven when it was not started."""

JOBS = (CHECK_IMPORT, RUN_IMPORT, UNDO_IMPORT, FORGET_IMPORTS)
"""All of them."""

"""What happens to documents as days go by."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dotmac_core_events import EventPublisher
from dotmac_core_ops.files import delete_file
from dotmac_core_ops.module import Job, JobContext
from dotmac_customers.documents.adapters.clamav import scanner
from dotmac_customers.documents.events import DocumentExpired, DocumentExpiring
from dotmac_customers.documents.kinds import ANNOUNCED_DAYS
from dotmac_customers.documents.repository import DocumentRepository
from dotmac_customers.documents.service import STORAGE_LIMIT, scan_waiting
from dotmac_identity import release

KEEP_DELETED_DAYS = 30
"""Files of deleted documents go after so many days."""

_CHUNK = 20
_PURGED_AT_ONCE = 200


async def _expire(context: JobContext) -> None:
    assert context.tenant_id is not None  # a job per tenant
    now = context.clock.now()
    async with context.database.transaction(context.tenant_id) as session:
        documents = DocumentRepository(session)
        expired = await documents.expire(now.date(), now)
        expiring = await documents.announce(now.date(), ANNOUNCED_DAYS)
        facts = [DocumentExpired(**_named(row), expires_on=row["expires_on"]) for row in expired]
        warnings = [
            DocumentExpiring(**_named(row), expires_on=row["expires_on"], days=row["days"])
            for row in expiring
        ]
        await EventPublisher(session).publish_many([*facts, *warnings])


async def _scan(context: JobContext) -> None:
    assert context.tenant_id is not None
    virus_scanner = scanner()
    if virus_scanner is None:
        return
    after: UUID | None = None
    while True:
        # A step each: what proved clean stays so when the scanner goes away again.
        async with context.database.transaction(context.tenant_id) as session:
            after = await scan_waiting(session, virus_scanner, limit=_CHUNK, after=after)
        if after is None:
            return
        await context.extend_lease()


async def _purge(context: JobContext) -> None:
    assert context.tenant_id is not None
    before = context.clock.now() - timedelta(days=KEEP_DELETED_DAYS)
    while True:
        async with context.database.transaction(context.tenant_id) as session:
            documents = DocumentRepository(session)
            gone = await documents.deleted_before(before, _PURGED_AT_ONCE)
            ids = [document.id for document in gone]
            await release(session, STORAGE_LIMIT.name, await documents.stored_bytes(ids))
            for file_id in await documents.remove(ids):
                await delete_file(session, file_id)
        if len(gone) < _PURGED_AT_ONCE:
            return


def _named(row: dict[str, object]) -> dict[str, object]:
    return {"document_id": row["id"], "customer_id": row["customer_id"], "kind": row["kind"]}


EXPIRE_DOCUMENTS = Job("customers.expire_documents", _expire, schedule="40 1 * * *")
"""Announces what expires in 30 and in 7 days, and marks what has expired."""

SCAN_DOCUMENTS = Job("customers.scan_documents", _scan, schedule="*/5 * * * *", is_upkeep=True)
"""Has looked through what came in while the scanner was away."""

PURGE_DOCUMENTS = Job("customers.purge_documents", _purge, schedule="10 3 * * *")
"""Destroys what was deleted thirty days ago."""

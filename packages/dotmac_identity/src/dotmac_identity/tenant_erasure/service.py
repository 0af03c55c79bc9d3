"""Erasing a closed tenant: every row, every file; a proof remains.

Nothing of the tenant's own data is kept: for it the operator only processes data, and gives all of
it back and deletes it when the service ends (GDPR, article 28(3)(g)). What a tenant must itself
keep, such as its invoices, it takes with it by exporting. What the operator must keep, its own
invoices to the tenant, is in the operator's books, which this does not touch.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import enqueue
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database
from dotmac_core_ops.erasure import AuditHead, audit_head, erase_rows, note_erasure
from dotmac_core_ops.files import FileStore
from dotmac_core_ops.tenants import tenant_slug
from dotmac_identity.tenant_life.service import TenantLifeService

ERASE_JOB = "identity.erase_tenant"


@dataclass(frozen=True)
class ErasureOrder:
    """A tenant to be erased, and where its audit log stood when that was decided."""

    tenant_id: UUID
    head: AuditHead


async def order_erasure(
    operator: AsyncSession, client: AsyncSession, tenant_id: UUID, confirmation: str
) -> UUID:
    """Have the tenant of the session `client` erased by a job of the operator; the job's id.

    Raises:
        ConfirmationMismatchError: `confirmation` is not `erase <short name>`.
        NotErasableError: it is not closed, or could still be opened again.
    """
    slug = await tenant_slug(client)
    await TenantLifeService.within(client).require_erasable(confirmation, slug)
    head = await audit_head(client)
    await record(
        operator,
        action="identity.tenant_erasure_order",
        target=("tenant", tenant_id),
        after={"slug": slug},
    )
    payload = {"tenant_id": str(tenant_id), "block": head.block, "hash": head.hash}
    return await enqueue(operator, ERASE_JOB, payload, key=str(tenant_id))


async def erase_tenant(database: Database, store: FileStore, order: ErasureOrder) -> dict[str, int]:
    """Remove every row and every file of the tenant; how many rows of each table.

    It can be begun again where it was interrupted. The proof is written last.
    """
    files = 0
    async for file_id in store.ids(order.tenant_id, older_than_seconds=0):
        await store.delete(order.tenant_id, file_id)
        files += 1
    rows = await erase_rows(database, order.tenant_id)
    async with database.transaction(order.tenant_id) as session:
        await note_erasure(session, rows, files, order.head)
    return rows

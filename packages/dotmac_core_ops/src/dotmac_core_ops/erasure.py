"""Removing all that a closed tenant left, and the proof that it was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.audit import latest_seal
from dotmac_core_ops.database import (
    Database,
    Instant,
    Json,
    TenantOwned,
    clock_of,
    new_id,
    schemas,
    tenant_of,
)
from dotmac_core_ops.principal import current_actor
from dotmac_core_ops.tenants import CoreBase


class ErasureRow(TenantOwned, CoreBase):
    """That a tenant was erased: when, by whom, how many rows of which tables. Append-only."""

    __tablename__ = "tenant_erasures"

    erased_at: Mapped[datetime] = mapped_column(Instant)
    erased_by: Mapped[str] = mapped_column(sa.Text())
    rows: Mapped[dict[str, Any]] = mapped_column(Json)
    files: Mapped[int] = mapped_column(sa.Integer())
    audit_block: Mapped[int | None] = mapped_column(sa.BigInteger())
    audit_hash: Mapped[str | None] = mapped_column(sa.Text())


KEPT_TABLES = frozenset({"core.tenant_erasures"})
"""Tables whose rows stay when their tenant is erased: the proof."""


def tenant_tables() -> Iterator[sa.Table]:
    """Every table of the installed packages that holds rows of tenants, referring ones first."""
    for schema in schemas():
        for table in reversed(schema.metadata.sorted_tables):
            if "tenant_id" in table.c:
                yield table


async def erase_rows(database: Database, tenant_id: UUID) -> dict[str, int]:
    """Remove the rows of the closed tenant from every table but `KEPT_TABLES`; how many of each.

    A transaction for each table, so that it can be begun again where it was interrupted.

    Raises:
        DBAPIError: the tenant is not closed; PostgreSQL itself refuses that.
    """
    removed: dict[str, int] = {}
    for table in tenant_tables():
        if table.fullname in KEPT_TABLES:
            continue
        async with database.transaction(tenant_id) as session:
            # A large table takes its time, and nobody waits for it.
            await session.execute(sa.text("SET LOCAL statement_timeout = 0"))
            removed[table.fullname] = await session.scalar(
                sa.text("SELECT core.erase_rows(CAST(:name AS regclass))"),
                {"name": table.fullname},
            )
    return removed


@dataclass(frozen=True)
class AuditHead:
    """Where the tenant's audit log stood: its last block and that one's hash."""

    block: int | None
    hash: str | None


async def audit_head(session: AsyncSession) -> AuditHead:
    """The newest seal of the session's tenant, to be noted before the log goes."""
    seal = await latest_seal(session)
    return AuditHead(None, None) if seal is None else AuditHead(seal.number, seal.hash.hex())


async def note_erasure(
    session: AsyncSession, rows: Mapping[str, int], files: int, head: AuditHead
) -> UUID:
    """Leave the proof, and give the tenant's short name free; the proof's id."""
    proof = ErasureRow(
        id=new_id(),
        erased_at=clock_of(session).now(),
        erased_by=current_actor().name,
        rows={name: count for name, count in rows.items() if count},
        files=files,
        audit_block=head.block,
        audit_hash=head.hash,
    )
    session.add(proof)
    await session.execute(
        sa.text(
            "UPDATE core.tenants SET slug = 'erased-' || replace(id::text, '-', ''), "
            "erased_at = :now WHERE id = :id"
        ),
        {"now": clock_of(session).now(), "id": tenant_of(session)},
    )
    return proof.id

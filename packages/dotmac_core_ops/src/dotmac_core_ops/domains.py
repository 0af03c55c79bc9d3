"""Domains of tenants' own. What is proved leads to its tenant at sign-in and in links.

It is here, beside the list of tenants, because a name has to be found before its tenant is known.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Database, Instant, TenantOwned, tenant_unique
from dotmac_core_ops.tenants import CoreBase, ListedTenant


class DomainRow(TenantOwned, CoreBase):
    """A domain that a tenant says is its own; `verified_at` when that was proved last.

    A name can wait for its proof at several tenants; proved it is at one of them only.
    """

    __tablename__ = "domains"
    __table_args__ = (
        tenant_unique("name"),
        sa.Index(
            "uq_domains_verified",
            "name",
            unique=True,
            postgresql_where=sa.text("verified_at IS NOT NULL"),
        ),
    )

    name: Mapped[str] = mapped_column(sa.Text())
    token: Mapped[str] = mapped_column(sa.Text())
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(sa.Text())
    is_primary: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[datetime] = mapped_column(Instant)


_TENANT = sa.text(
    "SELECT t.id, t.slug FROM core.domains d JOIN core.tenants t ON t.id = d.tenant_id "
    "WHERE d.name = :name AND d.verified_at IS NOT NULL AND t.is_active"
)


async def tenant_of_domain(database: Database, name: str) -> ListedTenant | None:
    """The active tenant whose proved domain this is; None where there is none.

    Case, a port and a dot at the end do not count.
    """
    host = name.strip().lower().partition(":")[0].rstrip(".")
    async with database.relay() as session:
        row = (await session.execute(_TENANT, {"name": host})).one_or_none()
    return None if row is None else ListedTenant(row.id, row.slug)

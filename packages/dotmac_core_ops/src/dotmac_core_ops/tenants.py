"""The list of tenants: who exists, under which short name, and whether they are active.

What a tenant is like (name, currency, country) is kept by `dotmac_identity`; the list is here
because delivery and schedules need it and stand below.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dotmac_core_ops.database import Database, Instant, clock_of, tenant_metadata, tenant_of
from dotmac_core_ops.errors import ConflictError, NotFoundError

TENANT_IS_ACTIVE = "EXISTS (SELECT FROM core.tenants WHERE is_active)"
"""A condition for other queries; the policy of the list leaves only the transaction's tenant."""


class TenantNotFoundError(NotFoundError):
    """No active tenant has this short name."""

    code = "TENANT_NOT_FOUND"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no tenant {slug!r}.", tenant=slug)


class TenantSlugTakenError(ConflictError):
    """Another tenant has this short name."""

    code = "TENANT_SLUG_TAKEN"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The short name {slug!r} is taken.", tenant=slug)


class CoreBase(DeclarativeBase):
    """The tables of schema `core`."""

    metadata = tenant_metadata("core")


class TenantRow(CoreBase):
    """A line of the list; isolated on its own `id`, because it has no owner but itself.

    `is_test` never changes. For a test tenant with `test_now`, it is that time until it is moved.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("is_test OR test_now IS NULL", name="test_clock"),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[object] = mapped_column(Instant)
    is_test: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    test_now: Mapped[object | None] = mapped_column(Instant)


@dataclass(frozen=True)
class ListedTenant:
    """A tenant's identifier and short name."""

    id: UUID
    slug: str


async def register_tenant(session: AsyncSession, slug: str, *, is_test: bool = False) -> None:
    """Put the session's tenant on the list under `slug`, active.

    Only one that `is_test` can ever have a test clock.

    Raises:
        TenantSlugTakenError: the short name belongs to another tenant.
    """
    added = await session.execute(
        sa.text(
            "INSERT INTO core.tenants (id, slug, is_active, created_at, is_test) "
            "VALUES (:id, :slug, true, :now, :is_test) ON CONFLICT (slug) DO NOTHING RETURNING id"
        ),
        {
            "id": tenant_of(session),
            "slug": slug,
            "now": clock_of(session).now(),
            "is_test": is_test,
        },
    )
    if added.scalar_one_or_none() is None:
        raise TenantSlugTakenError(slug)


async def set_tenant_active(session: AsyncSession, *, is_active: bool) -> None:
    """Switch the session's tenant on or off; an inactive one is not scheduled and not signed in."""
    await session.execute(
        sa.text("UPDATE core.tenants SET is_active = :active WHERE id = :id"),
        {"active": is_active, "id": tenant_of(session)},
    )


async def tenant_is_active(session: AsyncSession) -> bool:
    """Whether the session's tenant is on the list and active."""
    return bool(await session.scalar(sa.text("SELECT " + TENANT_IS_ACTIVE)))


async def tenant_by_slug(database: Database, slug: str) -> ListedTenant:
    """The active tenant of that short name.

    Raises:
        TenantNotFoundError: there is none.
    """
    async with database.relay() as session:
        found = await session.execute(
            sa.text("SELECT id, slug FROM core.tenants WHERE slug = :slug AND is_active"),
            {"slug": slug},
        )
        row = found.one_or_none()
    if row is None:
        raise TenantNotFoundError(slug)
    return ListedTenant(row.id, row.slug)


async def active_tenants(database: Database) -> list[ListedTenant]:
    """All active tenants, oldest first."""
    async with database.relay() as session:
        found = await session.execute(
            sa.text("SELECT id, slug FROM core.tenants WHERE is_active ORDER BY created_at, id")
        )
        return [ListedTenant(row.id, row.slug) for row in found]

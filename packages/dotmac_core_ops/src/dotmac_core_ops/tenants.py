"""The list of tenants: who exists, under which short name, and whether they are active.

What a tenant is like (name, currency, country) is kept by `dotmac_identity`; the list is here
because delivery and schedules need it and stand below.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dotmac_core_ops.database import (
    Database,
    Instant,
    clock_of,
    enum_type,
    tenant_metadata,
    tenant_of,
)
from dotmac_core_ops.errors import ConflictError, NotFoundError
from dotmac_core_ops.tenant_state import TenantState

TENANT_IS_ACTIVE = "EXISTS (SELECT FROM core.tenants WHERE is_active)"
"""A condition for other queries; the policy of the list leaves only the transaction's tenant."""

TENANT_STATE = "(SELECT state FROM core.tenants)"
"""A column for other queries: where the transaction's tenant stands."""


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


class OperatorExistsError(ConflictError):
    """An installation has one operator, and it has one already."""

    code = "OPERATOR_EXISTS"

    def __init__(self) -> None:
        super().__init__("This installation has an operator already.")


class NoOperatorError(NotFoundError):
    """Nobody operates this installation yet; make the tenant that does."""

    code = "NO_OPERATOR"

    def __init__(self) -> None:
        super().__init__(
            "This installation has no operator. Make one: dotmac tenant create … --kind operator"
        )


class CoreBase(DeclarativeBase):
    """The tables of schema `core`."""

    metadata = tenant_metadata("core")


class TenantRow(CoreBase):
    """A line of the list; isolated on its own `id`, because it has no owner but itself.

    `is_test` never changes. For a test tenant with `test_now`, it is that time until it is moved.
    `is_active` is false in state `closed` and true in every other one.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        sa.UniqueConstraint("slug"),
        sa.CheckConstraint("is_test OR test_now IS NULL", name="test_clock"),
        sa.Index(
            "uq_tenants_operator",
            "is_operator",
            unique=True,
            postgresql_where=sa.text("is_operator"),
        ),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.Text())
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[object] = mapped_column(Instant)
    is_test: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    test_now: Mapped[object | None] = mapped_column(Instant)
    state: Mapped[TenantState] = mapped_column(enum_type(TenantState), server_default="active")
    is_operator: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    erased_at: Mapped[object | None] = mapped_column(Instant)


@dataclass(frozen=True)
class ListedTenant:
    """A tenant's identifier and short name."""

    id: UUID
    slug: str


async def register_tenant(
    session: AsyncSession,
    slug: str,
    *,
    is_test: bool = False,
    is_operator: bool = False,
    state: TenantState = TenantState.ACTIVE,
) -> None:
    """Put the session's tenant on the list under `slug`, active or in another `state`.

    Only one that `is_test` can ever have a test clock. One of all can be the operator.

    Raises:
        TenantSlugTakenError: the short name belongs to another tenant.
        OperatorExistsError: another tenant is the operator.
    """
    insert = sa.text(
        "INSERT INTO core.tenants (id, slug, is_active, created_at, is_test, is_operator, state) "
        "VALUES (:id, :slug, true, :now, :is_test, :is_operator, :state) "
        "ON CONFLICT (slug) DO NOTHING RETURNING id"
    )
    values = {
        "id": tenant_of(session),
        "slug": slug,
        "now": clock_of(session).now(),
        "is_test": is_test,
        "is_operator": is_operator,
        "state": state.value,
    }
    try:
        async with session.begin_nested():
            added = (await session.execute(insert, values)).scalar_one_or_none()
    except IntegrityError as error:
        if "uq_tenants_operator" in str(error.orig):
            raise OperatorExistsError from error
        raise
    if added is None:
        raise TenantSlugTakenError(slug)


async def set_tenant_active(session: AsyncSession, *, is_active: bool) -> None:
    """Switch the session's tenant on or off; an inactive one is not scheduled and not signed in."""
    await set_tenant_state(session, TenantState.ACTIVE if is_active else TenantState.CLOSED)


async def set_tenant_state(session: AsyncSession, state: TenantState) -> None:
    """Note where the session's tenant stands; whether it may go there is identity's to decide."""
    await session.execute(
        sa.text("UPDATE core.tenants SET state = :state, is_active = :active WHERE id = :id"),
        {
            "state": state.value,
            "active": state is not TenantState.CLOSED,
            "id": tenant_of(session),
        },
    )


async def lock_tenant(session: AsyncSession) -> TenantState | None:
    """Where the session's tenant stands, locked until the transaction ends; None: not listed."""
    found = await session.scalar(
        sa.text("SELECT state FROM core.tenants WHERE id = :id FOR UPDATE"),
        {"id": tenant_of(session)},
    )
    return None if found is None else TenantState(found)


async def tenant_state(session: AsyncSession) -> TenantState | None:
    """Where the session's tenant stands; None when it is not on the list."""
    found = await session.scalar(
        sa.text("SELECT state FROM core.tenants WHERE id = :id"), {"id": tenant_of(session)}
    )
    return None if found is None else TenantState(found)


async def tenant_slug(session: AsyncSession) -> str:
    """The short name of the session's tenant; empty when it is not on the list."""
    query = sa.text("SELECT slug FROM core.tenants WHERE id = :id")
    return str(await session.scalar(query, {"id": tenant_of(session)}) or "")


async def is_operator(session: AsyncSession) -> bool:
    """Whether the session's tenant is the operator of the installation."""
    query = sa.text("SELECT is_operator FROM core.tenants WHERE id = :id")
    return bool(await session.scalar(query, {"id": tenant_of(session)}))


async def tenant_is_active(session: AsyncSession) -> bool:
    """Whether the session's tenant is on the list and active."""
    return bool(await session.scalar(sa.text("SELECT " + TENANT_IS_ACTIVE)))


async def tenant_by_slug(
    database: Database, slug: str, *, even_closed: bool = False
) -> ListedTenant:
    """The active tenant of that short name; with `even_closed`, one that is closed as well.

    Raises:
        TenantNotFoundError: there is none.
    """
    async with database.relay() as session:
        found = await session.execute(
            sa.text(
                "SELECT id, slug FROM core.tenants WHERE slug = :slug AND (is_active OR :closed)"
            ),
            {"slug": slug, "closed": even_closed},
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


async def tenants_meant(database: Database) -> list[ListedTenant]:
    """Those that somebody can mean who names none, oldest first: all active ones.

    The operator is meant where there is nobody else; beside others, only by its name.
    """
    async with database.relay() as session:
        found = await session.execute(
            sa.text(
                "SELECT id, slug FROM core.tenants WHERE is_active AND (NOT is_operator OR NOT "
                "EXISTS (SELECT FROM core.tenants WHERE is_active AND NOT is_operator)) "
                "ORDER BY created_at, id"
            )
        )
        return [ListedTenant(row.id, row.slug) for row in found]


async def operator_tenant(database: Database) -> ListedTenant | None:
    """The tenant that operates the installation; None where nobody else is served."""
    async with database.relay() as session:
        found = await session.execute(
            sa.text("SELECT id, slug FROM core.tenants WHERE is_operator AND is_active")
        )
        row = found.one_or_none()
    return None if row is None else ListedTenant(row.id, row.slug)

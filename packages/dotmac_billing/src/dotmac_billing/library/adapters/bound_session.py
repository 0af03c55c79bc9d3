"""Somebody else's session, bound to one tenant whenever it is used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.library.errors import TenantMismatchError
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import bind_tenant, clock_of

T = TypeVar("T")

_IS_EXEMPT = sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
_EXEMPT = "billing_login_is_exempt"


class BoundSession:
    """A session that works for one tenant and never ends its transaction: that is the caller's.

    The session must be over asyncpg. A login that row-level security does not bind (a superuser)
    becomes role `dotmac_app` until the transaction ends, because it would see every tenant.
    """

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self.session = session
        self.tenant_id = tenant_id

    @property
    def clock(self) -> Clock:
        """The clock of the session."""
        return clock_of(self.session)

    async def open(self, asked: UUID | None = None) -> AsyncSession:
        """The session, bound to the tenant.

        Raises:
            TenantMismatchError: `asked` names another tenant, or the session is bound to another.
        """
        if asked is not None and asked != self.tenant_id:
            raise TenantMismatchError(asked, self.tenant_id)
        session = self.session
        bound = session.info.get("tenant_id")
        if bound is not None and bound != self.tenant_id:
            raise TenantMismatchError(self.tenant_id, bound)
        await bind_tenant(session, self.tenant_id)
        if _EXEMPT not in session.info:
            session.info[_EXEMPT] = (await session.execute(_IS_EXEMPT)).scalar_one()
        if session.info[_EXEMPT]:
            await session.execute(sa.text("SET LOCAL ROLE dotmac_app"))
        return session

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """A part of the caller's transaction that is undone by itself when it fails."""
        session = await self.open(tenant_id)
        async with session.begin_nested():
            yield session

    async def run(self, tenant_id: UUID, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `work` in such a part. It is not repeated: the whole transaction would have to be."""
        async with self.transaction(tenant_id) as session:
            return await work(session)

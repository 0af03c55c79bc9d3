"""Somebody else's session, bound to one tenant whenever it is used."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only

from dotmac_billing.library.errors import IntegrationNotAvailableError, TenantMismatchError
from dotmac_billing.remote_tax.calculators import Opener, with_account
from dotmac_billing.settings.service import SettingsChange, SettingsService, settings_of
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import bind_tenant, clock_of
from dotmac_core_ops.logging import get_logger

T = TypeVar("T")
NIL_TENANT = UUID(int=0)
Work = Callable[[], Awaitable[object]]

_IS_EXEMPT = sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
_EXEMPT = "billing_login_is_exempt"
_log = get_logger(__name__)


def tenant_of(db: AsyncSession, tenant_id: UUID | None) -> UUID:
    """The tenant to work for.

    `tenant_id`, else the one the session is bound to, else `DEFAULT_TENANT_ID`, else the nil UUID.
    """
    if tenant_id is not None:
        return tenant_id
    bound = db.info.get("tenant_id")
    if isinstance(bound, UUID):
        return bound
    default = os.environ.get("DEFAULT_TENANT_ID")
    return UUID(default) if default else NIL_TENANT


class BoundSession:
    """A session that works for one tenant and never ends its transaction: that is the caller's.

    The session must be over asyncpg. A login that row-level security does not bind (a superuser)
    becomes role `dotmac_app` until the transaction ends, because it would see every tenant.
    `tax_calculator` works out the tax on what is invoiced here, with `tax_account` where it has one
    of its own; None is whoever the tenant's settings say. `foreign_tax` is somebody who cannot.
    """

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self.session = session
        self.tenant_id = tenant_id
        self.foreign_tax = ""
        self.tax_calculator: TaxCalculatorName | None = None
        self.tax_account: Opener | None = None
        self._waiting: list[Work] = []
        self._listens = False

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
    async def invoicing(self, asked: UUID | None = None) -> AsyncIterator[AsyncSession]:
        """The session for issuing invoices: their tax is that of whoever was asked for.

        Raises:
            IntegrationNotAvailableError: whoever was asked for cannot tax invoices.
        """
        session = await self.open(asked)
        if self.foreign_tax:
            raise IntegrationNotAvailableError("tax_calculation of invoices", self.foreign_tax)
        wanted = self.tax_calculator
        if wanted is not None and (await settings_of(session)).tax_calculator is not wanted:
            service = SettingsService(session)
            await service.change(await service.locked(), SettingsChange(tax_calculator=wanted))
        with with_account(self.tax_account):
            yield session

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """A part of the caller's transaction that is undone by itself when it fails."""
        session = await self.open(tenant_id)
        before = len(self._waiting)
        try:
            async with session.begin_nested():
                yield session
        except BaseException:
            del self._waiting[before:]
            raise

    async def run(self, tenant_id: UUID, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Do `work` in such a part. It is not repeated: the whole transaction would have to be."""
        async with self.transaction(tenant_id) as session:
            return await work(session)

    def after_commit(self, work: Work) -> None:
        """Do `work` as soon as the caller has committed, and never if it rolls back.

        `commit` returns once it is done. What was committed stands, so that a failure of the work
        is logged and goes no further.
        """
        if not self._listens:
            self._listens = True
            event.listen(self.session.sync_session, "after_commit", self._committed)
            event.listen(self.session.sync_session, "after_rollback", self._rolled_back)
        self._waiting.append(work)

    def _committed(self, session: Session) -> None:
        if session.in_nested_transaction():
            return
        waiting, self._waiting = self._waiting, []
        for work in waiting:
            try:
                await_only(work())
            except Exception:  # noqa: BLE001 (whatever it is, what was committed stands)
                _log.exception("billing.after_commit_failed", tenant_id=str(self.tenant_id))

    def _rolled_back(self, session: Session) -> None:
        if not session.in_nested_transaction():
            self._waiting.clear()

"""Every query on sign-ins under way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.single_sign_on.flows.models import SignInFlow


class FlowRepository:
    """The tenant's sign-ins under way; what is read is locked until the transaction ends."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, flow: SignInFlow) -> None:
        """Keep a new one."""
        self._session.add(flow)

    async def by_state(self, state_hash: bytes) -> SignInFlow | None:
        """The one that was begun with the `state` of this hash."""
        return await self._locked(SignInFlow.state_hash == state_hash)

    async def by_code(self, code_hash: bytes) -> SignInFlow | None:
        """The one that hands over a session for the code of this hash."""
        return await self._locked(SignInFlow.code_hash == code_hash)

    async def by_id(self, flow_id: UUID) -> SignInFlow | None:
        """The one of this identifier; None if its provider was removed meanwhile."""
        return await self._locked(SignInFlow.id == flow_id)

    async def delete_expired(self, before: datetime) -> None:
        """Forget those that ended before `before`."""
        await self._session.execute(sa.delete(SignInFlow).where(SignInFlow.expires_at < before))

    async def _locked(self, which: sa.ColumnElement[bool]) -> SignInFlow | None:
        return await self._session.scalar(sa.select(SignInFlow).where(which).with_for_update())

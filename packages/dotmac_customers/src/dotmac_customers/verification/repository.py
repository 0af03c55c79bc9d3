"""Every query on verifications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.verification.models import Verification
from dotmac_customers.verification.terms import VerificationKind, VerificationState

_EXPIRE = """
UPDATE customers.verifications SET state = 'expired', ended_at = $1, code_digest = NULL,
  token_digest = NULL
WHERE state = 'pending' AND expires_at <= $1
"""


class VerificationRepository:
    """Verifications of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, verification: Verification) -> None:
        """Keep a new one."""
        self._session.add(verification)

    async def pending(
        self, customer_id: UUID, kind: VerificationKind, *, for_update: bool = False
    ) -> Verification | None:
        """The one that waits to be verified."""
        query = (
            self._of(customer_id, kind)
            .where(Verification.state == VerificationState.PENDING)
            .order_by(Verification.id.desc())
            .limit(1)
        )
        return await self._one(query, for_update=for_update)

    async def by_token(self, digest: bytes) -> Verification | None:
        """The one whose link has that token, held until the transaction ends."""
        query = sa.select(Verification).where(Verification.token_digest == digest)
        return await self._one(query, for_update=True)

    async def verified(
        self, customer_id: UUID, kind: VerificationKind, address: str | None = None
    ) -> Verification | None:
        """The last one that verified that address, or any address."""
        query = self._of(customer_id, kind).where(Verification.state == VerificationState.VERIFIED)
        if address is not None:
            query = query.where(Verification.address == address)
        return await self._session.scalar(query.order_by(Verification.id.desc()).limit(1))

    async def asked_since(
        self, customer_id: UUID, kind: VerificationKind, since: datetime
    ) -> Sequence[datetime]:
        """When one was asked for after then."""
        query = sa.select(Verification.created_at).where(
            Verification.customer_id == customer_id,
            Verification.kind == kind,
            Verification.created_at > since,
        )
        return (await self._session.scalars(query)).all()

    async def expire(self, now: datetime) -> int:
        """End all that were not verified in time; how many."""
        connection = await driver_connection(self._session)
        return int((await connection.execute(_EXPIRE, now)).rsplit(" ", 1)[-1])

    @staticmethod
    def _of(customer_id: UUID, kind: VerificationKind) -> sa.Select[Verification]:
        return sa.select(Verification).where(
            Verification.customer_id == customer_id, Verification.kind == kind
        )

    async def _one(
        self, query: sa.Select[Verification], *, for_update: bool
    ) -> Verification | None:
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        return await self._session.scalar(query)

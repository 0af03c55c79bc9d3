"""Every query on suppressed addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection, new_id
from dotmac_customers.communication.models import SuppressedAddress
from dotmac_customers.communication.suppression.bounce import SuppressionReason
from dotmac_customers.communication.topics import ContactChannel

# Joined, not compared with ANY: see profiles.repository.
_AMONG = """
SELECT wanted.address FROM unnest($2::text[]) AS wanted(address)
JOIN customers.suppressed_addresses s ON s.channel = $1::text AND s.address = wanted.address
UNION
SELECT wanted.address FROM unnest($2::text[], $3::bytea[]) AS wanted(address, digest)
JOIN customers.suppressed_addresses s ON s.channel = $1::text AND s.digest = wanted.digest
"""
# Of an address that is suppressed twice, in the open and as a digest, the digest is enough.
_FORGET = """
WITH forgotten AS (
  DELETE FROM customers.suppressed_addresses s
  USING unnest($2::text[], $3::bytea[]) AS gone(address, digest)
  WHERE s.channel = $1::text AND s.address = gone.address
  RETURNING s.id, s.reason, s.created_at, gone.digest
)
INSERT INTO customers.suppressed_addresses (id, channel, digest, reason, detail, created_at)
SELECT id, $1::text, digest, reason, '', created_at FROM forgotten
ON CONFLICT (tenant_id, channel, digest) DO NOTHING
RETURNING 1
"""


class SuppressionRepository:
    """The addresses that the session's tenant does not write to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        channel: ContactChannel,
        address: str,
        reason: SuppressionReason,
        *,
        detail: str,
        message_id: UUID | None,
        now: datetime,
    ) -> UUID | None:
        """The new row's id; None when the address was suppressed before."""
        made = insert(SuppressedAddress).values(
            id=new_id(),
            channel=channel,
            address=address,
            reason=reason,
            detail=detail,
            message_id=message_id,
            created_at=now,
        )
        added = await self._session.execute(
            made.on_conflict_do_nothing().returning(SuppressedAddress.id)
        )
        return added.scalar_one_or_none()

    async def by_address(
        self, channel: ContactChannel, address: str, digest: bytes
    ) -> SuppressedAddress | None:
        """The row of that address, in the open or as its digest."""
        is_it = sa.or_(SuppressedAddress.address == address, SuppressedAddress.digest == digest)
        return await self._session.scalar(
            sa.select(SuppressedAddress)
            .where(SuppressedAddress.channel == channel, is_it)
            .order_by(SuppressedAddress.id)
            .limit(1)
        )

    async def among(self, channel: ContactChannel, digests: Mapping[str, bytes]) -> set[str]:
        """Those addresses, each with its digest, that are not to be written to."""
        connection = await driver_connection(self._session)
        wanted = (list(digests), list(digests.values()))
        return {row["address"] for row in await connection.fetch(_AMONG, channel.value, *wanted)}

    async def forget(self, channel: ContactChannel, digests: Mapping[str, bytes]) -> int:
        """Keep of these addresses, where they are suppressed, the digest alone; how many."""
        connection = await driver_connection(self._session)
        wanted = (list(digests), list(digests.values()))
        return len(await connection.fetch(_FORGET, channel.value, *wanted))

    async def by_id(self, suppressed_id: UUID) -> SuppressedAddress | None:
        """The row of that id."""
        return await self._session.scalar(
            sa.select(SuppressedAddress).where(SuppressedAddress.id == suppressed_id)
        )

    async def page(
        self,
        *,
        channel: ContactChannel | None,
        address: str | None,
        digests: Sequence[bytes],
        offset: int,
        limit: int,
    ) -> tuple[Sequence[SuppressedAddress], int]:
        """Addresses that match, newest first, and how many match in all.

        `digests` are those of `address` on all channels.
        """
        matching: list[sa.ColumnElement[bool]] = []
        if channel is not None:
            matching.append(SuppressedAddress.channel == channel)
        if address is not None:
            matching.append(
                sa.or_(SuppressedAddress.address == address, SuppressedAddress.digest.in_(digests))
            )
        query = sa.select(SuppressedAddress).where(*matching)
        newest = query.order_by(SuppressedAddress.id.desc()).offset(offset).limit(limit)
        rows = (await self._session.scalars(newest)).all()
        counted = sa.select(sa.func.count()).select_from(SuppressedAddress).where(*matching)
        return rows, (await self._session.execute(counted)).scalar_one()

    async def remove(self, row: SuppressedAddress) -> None:
        """Let it be written to again."""
        await self._session.delete(row)

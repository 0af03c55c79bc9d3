"""Every query about addresses."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.addresses.kinds import AddressKind
from dotmac_customers.profiles.models import Address

_POINTS = """
SELECT a.id, a.latitude, a.longitude FROM unnest($1::uuid[]) AS wanted(id)
JOIN customers.addresses a ON a.id = wanted.id
"""


class AddressRepository:
    """Addresses of the session's tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, customer_id: UUID, kind: AddressKind | None = None) -> Sequence[Address]:
        """The customer's addresses by kind, the primary one first, the others by age."""
        query = sa.select(Address).where(Address.customer_id == customer_id)
        if kind is not None:
            query = query.where(Address.kind == kind.value)
        ordered = query.order_by(Address.kind, Address.is_primary.desc(), Address.id)
        return (await self._session.scalars(ordered)).all()

    async def by_id(self, customer_id: UUID, address_id: UUID) -> Address | None:
        """The address, if the customer has it."""
        query = sa.select(Address).where(
            Address.customer_id == customer_id, Address.id == address_id
        )
        return await self._session.scalar(query.execution_options(populate_existing=True))

    async def primary(self, customer_id: UUID, kind: AddressKind) -> Address | None:
        """The primary one of its kind."""
        query = sa.select(Address).where(
            Address.customer_id == customer_id, Address.kind == kind.value, Address.is_primary
        )
        return await self._session.scalar(query)

    async def count(self, customer_id: UUID) -> int:
        """How many the customer has."""
        query = sa.select(sa.func.count()).select_from(Address)
        return await self._session.scalar(query.where(Address.customer_id == customer_id)) or 0

    async def points(
        self, address_ids: Sequence[UUID]
    ) -> dict[UUID, tuple[Decimal | None, Decimal | None]]:
        """Latitude and longitude of those among the addresses that the tenant has."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_POINTS, list(address_ids))
        return {row["id"]: (row["latitude"], row["longitude"]) for row in rows}

    def add(self, address: Address) -> None:
        """Keep a new one."""
        self._session.add(address)

    async def save(self) -> None:
        """Write changes now: there may be one primary of a kind at a time."""
        await self._session.flush()

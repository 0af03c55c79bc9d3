"""Every query about what billing knows of a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.models import Customer
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import driver_connection
from dotmac_core_ops.personal_rows import rows_about

_LIVING = ("company_name", "email", "phone", "street", "postal_code", "city", "region", "tax_id")


class PersonalRepository:
    """A payer and all that was billed to them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        """All rows about the payer, and the payer."""
        found = await rows_about(self._session, BillingBase.metadata, customer_id)
        query = sa.select(Customer.__table__).where(Customer.id == customer_id)
        own = [dict(row) for row in (await self._session.execute(query)).mappings()]
        return {"payer": own, **found} if own else found

    async def forget(self, customer_id: UUID) -> int:
        """Make the living record of the payer anonymous; whether there is one, as 1 or 0."""
        changed = await self._session.scalars(
            sa.update(Customer)
            .where(Customer.id == customer_id)
            .values(name="Erased", version=Customer.version + 1, **dict.fromkeys(_LIVING))
            .returning(Customer.id)
        )
        return len(changed.all())

    async def forget_versions(self, customer_id: UUID) -> int:
        """Take out of the former versions of a forgotten payer what no document needs; how many.

        An invoice keeps the name and address that it was made out to.
        """
        connection = await driver_connection(self._session)
        return int(await connection.fetchval("SELECT billing.forget_party($1)", customer_id))

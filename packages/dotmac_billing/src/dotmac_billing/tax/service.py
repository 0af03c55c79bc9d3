"""Reading tax law and buyers."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.rates import TaxRates
from dotmac_billing.tax.repository import TaxRepository


async def load_taxes(session: AsyncSession) -> Taxes:
    """All rates and rules of the session's tenant; read once for a whole run."""
    rows = await TaxRepository(session).rates()
    names = {row["code"]: row["name"] for row in sorted(rows, key=lambda row: row["valid_from"])}
    return Taxes(TaxRates((row["code"], row["valid_from"], row["rate"]) for row in rows), names)


async def load_buyers(
    session: AsyncSession, customer_ids: Collection[UUID]
) -> dict[UUID, TaxBuyer]:
    """These customers as buyers, by id, in a fixed number of queries."""
    rows = await TaxRepository(session).buyers(customer_ids)
    return {row["id"]: TaxBuyer(country=row["country"]) for row in rows}

"""Queries of the settings."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.settings.models import BillingSettings
from dotmac_core_ops.database import new_id


class SettingsRepository:
    """The tenant's one row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, *, locked: bool = False) -> BillingSettings | None:
        """The row, if billing was opened; with `locked`, nobody else changes it meanwhile."""
        statement = sa.select(BillingSettings)
        if locked:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def add(
        self,
        *,
        currency: str,
        time_zone: str,
        country: str | None,
        payment_terms_days: int,
        invoice_number_format: str,
        seller_name: str | None,
    ) -> bool:
        """Whether the row was added; False when there is one already."""
        statement = (
            insert(BillingSettings)
            .values(
                id=new_id(),
                currency=currency,
                time_zone=time_zone,
                country=country,
                payment_terms_days=payment_terms_days,
                invoice_number_format=invoice_number_format,
                seller_name=seller_name,
                version=1,
            )
            .on_conflict_do_nothing()
            .returning(BillingSettings.id)
        )
        return (await self._session.execute(statement)).first() is not None

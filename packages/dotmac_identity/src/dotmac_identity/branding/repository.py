"""Every query on branding."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import tenant_of
from dotmac_identity.branding.models import BrandingRecord


class BrandingRepository:
    """The look of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def own(self) -> BrandingRecord | None:
        """What the tenant has chosen; None: nothing yet."""
        return await self._session.scalar(sa.select(BrandingRecord))

    async def locked(self, now: datetime) -> BrandingRecord:
        """What the tenant has chosen, locked; an empty choice if there was none."""
        values = {"id": tenant_of(self._session), "texts": {}, "version": 0, "updated_at": now}
        await self._session.execute(insert(BrandingRecord).values(values).on_conflict_do_nothing())
        query = sa.select(BrandingRecord).with_for_update()
        found = await self._session.scalar(query.execution_options(populate_existing=True))
        assert found is not None  # it was inserted above if it was not there
        return found

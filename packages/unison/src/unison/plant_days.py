"""Which day it is in the plant."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of
from dotmac_core_ops.errors import NotFoundError
from dotmac_identity import TenantService


async def plant_today(session: AsyncSession) -> date:
    """The day that it is in the time zone of the session's tenant; in UTC where that has none."""
    try:
        tenant = await TenantService.within(session).profile()
    except NotFoundError:
        # A program that embeds this package may have no profile of the tenant.
        return clock_of(session).today()
    return clock_of(session).today(tenant.time_zone)

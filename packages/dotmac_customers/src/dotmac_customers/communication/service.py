"""As whom a tenant writes to its customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Look
from dotmac_core_ops.errors import NotFoundError
from dotmac_core_ops.tenant_settings import setting_of
from dotmac_customers.communication.quiet_hours import DEFAULT_HOURS, span_of
from dotmac_identity import TenantService, base_url_of, branding_of


@dataclass(frozen=True, slots=True)
class Sender:
    """What stands in a tenant's messages where the customer does not say otherwise.

    `time_zone` is an IANA name; `country` is where numbers without a country code are dialled.
    Links begin with `base_url`: the tenant's own domain, or the installation's address. `quiet` is
    from when to when customers are not disturbed who chose no hours of their own.
    """

    look: Look
    time_zone: str
    country: str
    base_url: str
    quiet: tuple[time, time] | None = None


async def sender_of(session: AsyncSession) -> Sender:
    """The session's tenant as the sender of messages."""
    look, base_url = await branding_of(session), await base_url_of(session)
    quiet = span_of(await setting_of(session, DEFAULT_HOURS))
    try:
        tenant = await TenantService.within(session).profile()
    except NotFoundError:
        # A program that embeds this package may have no profile of the tenant.
        return Sender(look, "UTC", "ZZ", base_url, quiet)
    return Sender(look, tenant.time_zone, tenant.country, base_url, quiet)

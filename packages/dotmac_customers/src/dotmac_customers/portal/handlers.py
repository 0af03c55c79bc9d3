"""What becomes of portal accounts when two customers become one."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_customers.merging.events import CustomersMerged
from dotmac_identity import move_portal_accounts


@EventConsumer.handle("customers.customers_merged", inline=True)
async def accounts_follow(event: CustomersMerged, session: AsyncSession) -> None:
    """Let whoever signed in for the merged customer see the kept one, from now on."""
    await move_portal_accounts(session, event.merged_id, to=event.kept_id)

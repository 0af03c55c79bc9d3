"""What happens to customers among themselves reaches their billing accounts.

Both reactions run in the transaction of the fact: what billing cannot take does not happen.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import set_payer, transfer_all
from dotmac_core_events import EventConsumer
from dotmac_customers import BranchMoved, CustomersMerged


@EventConsumer.handle("customers.customers_merged", inline=True)
async def on_customers_merged(event: CustomersMerged, session: AsyncSession) -> None:
    """Hand what the merged one subscribes to over to the kept one.

    Invoices, payments and credit are documents of the account they were made for, and stay there.
    """
    await transfer_all(session, event.merged_id, event.kept_id)


@EventConsumer.handle("customers.branch_moved", inline=True)
async def on_branch_moved(event: BranchMoved, session: AsyncSession) -> None:
    """Let the parent pay from now on, where that was asked for."""
    if event.parent_pays:
        await set_payer(session, event.customer_id, event.parent_id, consolidate=False)

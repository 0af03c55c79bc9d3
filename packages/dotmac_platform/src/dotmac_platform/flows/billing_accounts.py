"""Every tenant can bill, and every customer has a billing account, from the first moment.

The reactions run in the transaction of the fact they react to: there is no customer without its
billing account, not even for a second, and none is gone to whom something was billed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    OpenCustomer,
    open_billing,
    open_customers,
    remove_unused_customers,
)
from dotmac_core_events import EventConsumer
from dotmac_customers import CustomerCreated, CustomerRemoved
from dotmac_identity import TenantCreated


@EventConsumer.handle("identity.tenant_created", inline=True)
async def on_tenant_created(event: TenantCreated, session: AsyncSession) -> None:
    """Open the tenant's billing with its currency, time zone and country."""
    await open_billing(
        session,
        currency=event.currency,
        time_zone=event.time_zone,
        country=event.country,
        seller_name=event.tenant_name,
    )


@EventConsumer.handle("customers.customer_created", batch=True, inline=True)
async def on_customers_created(events: Sequence[CustomerCreated], session: AsyncSession) -> None:
    """Open a billing account for each new customer, under the same id and number."""
    await open_customers(
        session,
        [
            OpenCustomer(
                id=event.customer_id,
                code=event.number,
                name=event.customer_name,
                email=event.email,
                currency=event.currency,
                time_zone=event.time_zone,
                country=event.country,
            )
            for event in events
        ],
    )


@EventConsumer.handle("customers.customer_removed", batch=True, inline=True)
async def on_customers_removed(events: Sequence[CustomerRemoved], session: AsyncSession) -> None:
    """Take the billing accounts of customers away with them, or refuse that."""
    await remove_unused_customers(session, [event.customer_id for event in events])

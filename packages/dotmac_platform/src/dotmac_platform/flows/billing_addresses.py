"""A customer's primary billing address is where their invoices go.

The reactions run in the transaction of the fact: an address that billing cannot take, because the
tax number is of another country, is refused to whoever puts it in.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import BillingAddress, set_billing_address
from dotmac_core_events import EventConsumer
from dotmac_customers import (
    AddressAdded,
    AddressChanged,
    AddressKind,
    AddressRemoved,
    primary_address,
)


@EventConsumer.handle("customers.address_added", inline=True, name="platform.bill_to_added")
async def on_address_added(event: AddressAdded, session: AsyncSession) -> None:
    """Bill to the first billing address, and to a later one that is primary."""
    await _bill_to(event, session)


@EventConsumer.handle("customers.address_changed", inline=True, name="platform.bill_to_changed")
async def on_address_changed(event: AddressChanged, session: AsyncSession) -> None:
    """Bill to where the primary billing address is now."""
    await _bill_to(event, session)


@EventConsumer.handle("customers.address_removed", inline=True, name="platform.bill_to_next")
async def on_address_removed(event: AddressRemoved, session: AsyncSession) -> None:
    """Bill to the one that took its place; without any, billing keeps the last."""
    await _bill_to(event, session)


HANDLERS = (on_address_added, on_address_changed, on_address_removed)
"""One for each fact about addresses."""


async def _bill_to(
    event: AddressAdded | AddressChanged | AddressRemoved, session: AsyncSession
) -> None:
    if event.kind != AddressKind.BILLING or not event.is_primary:
        return
    address = await primary_address(session, event.customer_id, AddressKind.BILLING)
    if address is not None:
        await set_billing_address(
            session,
            event.customer_id,
            BillingAddress(
                street=", ".join(filter(None, (address.line1, address.line2))),
                city=address.city,
                country=address.country,
                postal_code=address.postal_code,
                region=address.region,
            ),
        )

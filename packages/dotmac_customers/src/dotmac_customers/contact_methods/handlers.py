"""What was verified, and who was merged, is known of contact methods too."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_core_ops.database import clock_of
from dotmac_customers.contact_methods.service import ContactMethodService
from dotmac_customers.contacts.people import MethodKind
from dotmac_customers.contacts.service import ContactService
from dotmac_customers.merging.events import CustomersMerged
from dotmac_customers.verification.events import EmailVerified, PhoneVerified


@EventConsumer.handle("customers.email_verified", name="customers.email_is_theirs")
async def on_email_verified(event: EmailVerified, session: AsyncSession) -> None:
    """Note it wherever the customer has the address."""
    await ContactMethodService(session).verified(
        event.customer_id, MethodKind.EMAIL, event.address, clock_of(session).now()
    )


@EventConsumer.handle("customers.phone_verified", name="customers.phone_is_theirs")
async def on_phone_verified(event: PhoneVerified, session: AsyncSession) -> None:
    """Note it wherever the customer has the number."""
    await ContactMethodService(session).verified(
        event.customer_id, MethodKind.PHONE, event.address, clock_of(session).now()
    )


@EventConsumer.handle("customers.customers_merged", name="customers.found_by_people")
async def on_customers_merged(event: CustomersMerged, session: AsyncSession) -> None:
    """Let the kept one be found by the people who came to it, and the other no more."""
    for customer_id in (event.kept_id, event.merged_id):
        await ContactService(session).reindex(customer_id)


HANDLERS = (on_email_verified, on_phone_verified, on_customers_merged)
"""One for each of these facts."""

"""What a changed address means for its verification."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_customers.profiles.events import CustomerChanged
from dotmac_customers.verification.service import VerificationService
from dotmac_customers.verification.terms import VerificationKind


@EventConsumer.handle("customers.customer_changed", name="customers.verify_again")
async def verify_again(event: CustomerChanged, session: AsyncSession) -> None:
    """Have a new address verified where the old one was."""
    for kind in VerificationKind:
        if kind.value in event.changed:
            await VerificationService(session).address_changed(event.customer_id, kind)

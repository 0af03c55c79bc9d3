"""What a message that was refused says about its address."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer, MessageFailed, MessageService
from dotmac_customers.communication.suppression.bounce import reason_to_suppress
from dotmac_customers.communication.suppression.service import SuppressionService
from dotmac_customers.communication.topics import SENT_BY_MACHINE, ContactChannel

_SENT = {channel.value for channel in SENT_BY_MACHINE}


@EventConsumer.handle("events.message_failed", name="customers.suppress_bounced")
async def suppress_bounced(event: MessageFailed, session: AsyncSession) -> None:
    """Do not write again to an address that does not exist, or to whoever answered STOP."""
    if not event.is_permanent or event.channel not in _SENT:
        return
    message = await MessageService(session).find(event.message_id)
    if message is None:
        return  # it was about somebody who has been erased since
    channel = ContactChannel(event.channel)
    reason = reason_to_suppress(channel, message.error or "")
    if reason is not None:
        await SuppressionService(session).suppress(
            channel,
            message.recipient,
            reason,
            detail=message.error or "",
            message_id=event.message_id,
        )

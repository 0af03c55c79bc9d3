"""Telling people what happened to their account."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_core_ops.database import clock_of, public_url_of
from dotmac_identity.accounts.service import AccountService
from dotmac_identity.sessions.events import SignedInFromNewDevice


@EventConsumer.handle("identity.signed_in_from_new_device")
async def on_new_device(event: SignedInFromNewDevice, session: AsyncSession) -> None:
    """Tell the owner of the account by mail."""
    at = f"{clock_of(session).now():%Y-%m-%d %H:%M} UTC"
    accounts = AccountService(session, public_url_of(session))
    await accounts.tell_of_device(event.user_id, event.device, event.address, at)

"""Reactions to wallets that run low."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.top_ups.service import top_up_wallets
from dotmac_billing.wallets.events import WalletLow
from dotmac_core_events import EventConsumer


@EventConsumer.handle("billing.wallet_low", batch=True)
async def on_wallets_low(events: Sequence[WalletLow], session: AsyncSession) -> None:
    """Top up at once the wallets that want to be."""
    ids = {event.wallet_id for event in events}
    await top_up_wallets(session, ids, most=len(ids))

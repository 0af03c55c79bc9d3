"""Facts that wallets announce."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class WalletLow(Event):
    """What can be used of a wallet has fallen below the amount at which somebody wants to know."""

    name: ClassVar[str] = "billing.wallet_low"

    wallet_id: UUID
    customer_id: UUID
    currency: str
    balance: Decimal
    low_below: Decimal

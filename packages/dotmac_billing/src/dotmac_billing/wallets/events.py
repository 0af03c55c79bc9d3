"""Facts that wallets announce."""

from __future__ import annotations

from datetime import date
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


class WalletToppedUp(Event):
    """Paid credit was put into a wallet. While it is pending, its invoice is not paid yet."""

    name: ClassVar[str] = "billing.wallet_topped_up"

    wallet_id: UUID
    grant_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    is_pending: bool
    invoice_id: UUID | None = None
    payment_id: UUID | None = None


class WalletCreditGranted(Event):
    """Credit was put into a wallet free of charge."""

    name: ClassVar[str] = "billing.wallet_credit_granted"

    wallet_id: UUID
    grant_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    expires_on: date | None = None


class WalletCreditExpired(Event):
    """What was left of a grant cannot be used any more."""

    name: ClassVar[str] = "billing.wallet_credit_expired"

    wallet_id: UUID
    grant_id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    is_paid: bool

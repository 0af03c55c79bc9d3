"""HTTP shapes of top-ups."""

from __future__ import annotations

from uuid import UUID

from dotmac_billing.wallets.schemas import GrantIn


class TopUpIn(GrantIn):
    """Credit to be paid for: by what is left of a payment, or else by a new invoice."""

    payment_id: UUID | None = None

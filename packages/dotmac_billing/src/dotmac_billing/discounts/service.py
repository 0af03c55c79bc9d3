"""What can be done with discounts: invoices ask for them and use them up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.discounts.applied import Redeemed, Use
from dotmac_billing.discounts.repository import DiscountRepository


async def redeemed_by(
    session: AsyncSession,
    customer_ids: Collection[UUID],
    subscription_ids: Collection[UUID],
    *,
    hold: bool = False,
) -> dict[UUID, list[Redeemed]]:
    """What the customers (for all of theirs) and the subscriptions have redeemed, by customer.

    One query. What is for a subscription stands under the customer who redeemed it, even where
    another one pays. With `hold` nobody else uses any of it until the transaction ends; they are
    held in the order of their ids, after the customers and subscriptions.
    """
    found: dict[UUID, list[Redeemed]] = {}
    for one in await DiscountRepository(session).redeemed(
        customer_ids, subscription_ids, hold=hold
    ):
        found.setdefault(one.customer_id, []).append(one)
    return found


async def count_uses(session: AsyncSession, uses: Sequence[Use]) -> None:
    """Remember what redemptions took off invoices; set-wise, an invoice once for a redemption.

    The redemptions must be held. The invoices need not be written yet.
    """
    if uses:
        await DiscountRepository(session).count(uses)

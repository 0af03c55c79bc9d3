"""`/wallets/{wallet_id}/recurring-grants`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_billing.recurring_credit.repository import RecurringCreditRepository
from dotmac_billing.recurring_credit.schemas import RecurringGrantIn, RecurringGrantOut
from dotmac_billing.recurring_credit.service import RecurringCreditService
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/wallets/{wallet_id}/recurring-grants", tags=["Wallets"])

Reader = Annotated[Principal, Depends(requires("wallets:read"))]
Writer = Annotated[Principal, Depends(requires("wallets:write"))]


@router.post(
    "",
    status_code=201,
    summary="Arrange recurring credit",
    response_model=Envelope[RecurringGrantOut],
)
async def arrange_recurring_credit(
    wallet_id: UUID, body: RecurringGrantIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Let credit be granted again and again, such as every month of a plan paid by the year."""
    return enveloped(await RecurringCreditService(tx).arrange(wallet_id, body.new_rule()))


@router.get(
    "",
    summary="List recurring credit of a wallet",
    response_model=Envelope[list[RecurringGrantOut]],
)
async def list_recurring_credit(wallet_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """What is granted again and again, and what was and has ended; the oldest first."""
    await WalletService(tx).get(wallet_id)
    return enveloped(await RecurringCreditRepository(tx).of_wallet(wallet_id))


@router.post(
    "/{rule_id}/end", summary="End recurring credit", response_model=Envelope[RecurringGrantOut]
)
async def end_recurring_credit(wallet_id: UUID, rule_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let it not be granted any more. What was granted can be used until it ends."""
    return enveloped(await RecurringCreditService(tx).end(wallet_id, rule_id))

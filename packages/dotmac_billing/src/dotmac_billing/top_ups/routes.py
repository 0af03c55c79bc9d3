"""`/wallets/{wallet_id}/top-ups`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_billing.top_ups.schemas import TopUpIn
from dotmac_billing.top_ups.service import top_up_by_invoice
from dotmac_billing.wallets.schemas import GrantOut
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/wallets/{wallet_id}/top-ups", tags=["Wallets"])


@router.post("", status_code=201, summary="Top up a wallet", response_model=Envelope[GrantOut])
async def top_up_wallet(
    wallet_id: UUID,
    body: TopUpIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("wallets:write"))],
) -> dict[str, Any]:
    """Put paid credit into a wallet. Without a payment an invoice over it is issued.

    What was invoiced is pending until the invoice is paid. It has no tax: the invoices that the
    credit is used for have theirs.
    """
    new = body.new_grant()
    if body.payment_id is None:
        return enveloped(await top_up_by_invoice(tx, wallet_id, new))
    return enveloped(await WalletService(tx).top_up_from_payment(wallet_id, body.payment_id, new))

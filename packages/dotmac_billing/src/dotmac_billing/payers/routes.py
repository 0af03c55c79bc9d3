"""Who pays for a customer, and whether it can be charged."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_billing.lifecycle.service import LifecycleService
from dotmac_billing.payers.schemas import PayerIn, PayerOut, PaymentMethodIn
from dotmac_billing.payers.service import set_payer
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/billing/customers", tags=["Billing customers"])

Writer = Annotated[Principal, Depends(requires("billing:write"))]


@router.put(
    "/{customer_id}/payer",
    summary="Set who pays for a customer",
    response_model=Envelope[PayerOut],
)
async def set_customer_payer(customer_id: UUID, body: PayerIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let another customer pay from now on, or let this one have a single invoice for all."""
    followed = await set_payer(tx, customer_id, body.parent_id, consolidate=body.consolidate)
    return enveloped({"customer_id": customer_id, "subscriptions": followed, **dict(body)})


@router.put(
    "/{customer_id}/payment-method",
    summary="Note whether a customer can be charged",
    response_model=Envelope[PaymentMethodIn],
)
async def note_payment_method(
    customer_id: UUID, body: PaymentMethodIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Trials that require a way to pay go on when there is one, and end when there is none."""
    await LifecycleService(tx).note_payment_method(customer_id, has=body.has_payment_method)
    return enveloped(dict(body))

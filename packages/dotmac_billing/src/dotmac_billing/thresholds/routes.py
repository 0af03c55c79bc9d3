"""`/subscriptions/{id}/billing-thresholds`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response

from dotmac_billing.catalog.schemas import ThresholdsIn
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.thresholds.repository import ThresholdRepository
from dotmac_billing.thresholds.schemas import StandingOut, ThresholdInvoiceOut
from dotmac_billing.thresholds.service import Standing, ThresholdService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/subscriptions/{subscription_id}", tags=["Subscriptions"])

Reader = Annotated[Principal, Depends(requires("subscriptions:read"))]
Writer = Annotated[Principal, Depends(requires("subscriptions:write"))]
_EXAMPLE = {"amounts": {"EUR": [100, 500]}, "every": {"EUR": 500}, "quantities": {"traffic": 1000}}


@router.get(
    "/billing-thresholds",
    summary="Read a subscription's billing thresholds",
    response_model=Envelope[StandingOut],
)
async def read_billing_thresholds(subscription_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """What holds, its own or its plan's, and how much of the running periods is not billed yet."""
    return enveloped(_out(await ThresholdService(tx).standing(subscription_id)))


@router.put(
    "/billing-thresholds",
    summary="Set a subscription's billing thresholds",
    response_model=Envelope[StandingOut],
)
async def set_billing_thresholds(
    subscription_id: UUID,
    body: Annotated[ThresholdsIn, Body(examples=[_EXAMPLE])],
    tx: Tx,
    _: Writer,
) -> dict[str, Any]:
    """Let these hold in place of the plan's; without any, nothing is billed before its time."""
    return enveloped(_out(await ThresholdService(tx).set(subscription_id, body.thresholds())))


@router.delete(
    "/billing-thresholds",
    status_code=204,
    summary="Remove a subscription's billing thresholds",
)
async def remove_billing_thresholds(subscription_id: UUID, tx: Tx, _: Writer) -> Response:
    """Let those of the plan hold again."""
    await ThresholdService(tx).remove(subscription_id)
    return Response(status_code=204)


@router.get(
    "/threshold-invoices",
    summary="List a subscription's invoices within periods",
    response_model=Listing[ThresholdInvoiceOut],
)
async def list_threshold_invoices(
    subscription_id: UUID, tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """Which threshold made which invoice, newest first."""
    await SubscriptionService(tx).get(subscription_id)
    rows, total = await ThresholdRepository(tx).page(
        subscription_id, offset=page.offset, limit=page.per_page
    )
    fields = tuple(ThresholdInvoiceOut.model_fields)
    return listing([{name: getattr(row, name) for name in fields} for row in rows], page, total)


def _out(standing: Standing) -> dict[str, Any]:
    return {**standing._asdict(), "unbilled": standing.total - standing.billed}

"""`/usage/alerts`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.usage.alerts.repository import AlertRepository
from dotmac_billing.usage.alerts.schemas import UsageAlertIn, UsageAlertOut
from dotmac_billing.usage.alerts.service import AlertService
from dotmac_billing.usage.models import UsageAlert
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/usage/alerts", tags=["Usage"])

Reader = Annotated[Principal, Depends(requires("usage:read"))]
Writer = Annotated[Principal, Depends(requires("usage:write"))]


@router.post(
    "", status_code=201, summary="Set a usage alert", response_model=Envelope[UsageAlertOut]
)
async def set_usage_alert(body: UsageAlertIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Announce `billing.usage_threshold_reached` when a period's usage reaches a threshold."""
    alert = await AlertService(tx).set(
        body.subscription_id, body.meter, quantity=body.quantity, percent=body.percent
    )
    return enveloped(_out(alert, body.meter))


@router.get("", summary="List usage alerts", response_model=Listing[UsageAlertOut])
async def list_usage_alerts(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    subscription_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """The tenant's alerts, newest first."""
    rows, total = await AlertRepository(tx).page(
        subscription_id=subscription_id, offset=page.offset, limit=page.per_page
    )
    return listing([_out(alert, meter) for alert, meter in rows], page, total)


@router.delete("/{alert_id}", status_code=204, summary="Remove a usage alert")
async def remove_usage_alert(alert_id: UUID, tx: Tx, _: Writer) -> Response:
    """Announce nothing any more."""
    await AlertService(tx).remove(alert_id)
    return Response(status_code=204)


def _out(alert: UsageAlert, meter: str) -> dict[str, object]:
    return {
        "id": alert.id,
        "subscription_id": alert.subscription_id,
        "meter": meter,
        "quantity": alert.quantity,
        "percent": alert.percent,
        "created_at": alert.created_at,
    }

"""`/billing/settings`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from dotmac_billing.settings.schemas import SettingsIn, SettingsOut
from dotmac_billing.settings.service import SettingsChange, SettingsService, settings_of
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/billing/settings", tags=["Billing settings"])


@router.get("", summary="Read the billing settings", response_model=Envelope[SettingsOut])
async def read_billing_settings(
    tx: Tx, response: Response, _: Annotated[Principal, Depends(requires("billing:read"))]
) -> dict[str, Any]:
    """Currency, time zone, payment terms and number format that new things start with."""
    settings = await settings_of(tx)
    response.headers["etag"] = etag_of(settings.version)
    return enveloped(settings)


@router.patch("", summary="Change the billing settings", response_model=Envelope[SettingsOut])
async def change_billing_settings(
    body: SettingsIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Annotated[Principal, Depends(requires("billing:write"))],
) -> dict[str, Any]:
    """Needs `If-Match` with the version that was read. Issued invoices keep what they say."""
    service = SettingsService(tx)
    settings = await service.locked()
    require_match(request, settings.version)
    changed = await service.change(settings, SettingsChange(**body.model_dump()))
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(changed)

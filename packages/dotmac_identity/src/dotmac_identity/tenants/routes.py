"""HTTP verbs of the tenant."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.tenants.schemas import TenantChangeIn, TenantOut
from dotmac_identity.tenants.service import TenantService

router = APIRouter(prefix="/tenant", tags=["Tenant"])


@router.get("", response_model=Envelope[TenantOut], summary="Read the own tenant")
async def read_tenant(
    tx: Tx, response: Response, _: Annotated[Principal, Depends(requires("tenant:read"))]
) -> dict[str, object]:
    """The organisation that one is signed in to."""
    profile = await TenantService.within(tx).profile()
    response.headers["etag"] = etag_of(profile.version)
    return enveloped(profile)


@router.patch("", response_model=Envelope[TenantOut], summary="Change the own tenant")
async def change_tenant(
    body: TenantChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Annotated[Principal, Depends(requires("tenant:write"))],
) -> dict[str, object]:
    """Change name, time zone or country; needs `If-Match`. Short name and currency are for good."""
    profile = await TenantService.within(tx).change(
        check=partial(require_match, request),
        name=body.name,
        time_zone=body.time_zone,
        country=body.country,
    )
    response.headers["etag"] = etag_of(profile.version)
    return enveloped(profile)

"""`/tax-numbers`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from dotmac_billing.tax_numbers.adapters.vies import ViesRegister
from dotmac_billing.tax_numbers.repository import TaxNumberRepository
from dotmac_billing.tax_numbers.schemas import TaxNumberCheckIn, TaxNumberCheckOut
from dotmac_billing.tax_numbers.service import TaxNumberService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/tax-numbers", tags=["Tax"])


@router.post("/check", summary="Check a tax number", response_model=Envelope[TaxNumberCheckOut])
async def check_tax_number(
    body: TaxNumberCheckIn,
    tx: Tx,
    request: Request,
    _: Annotated[Principal, Depends(requires("tax:write"))],
) -> dict[str, Any]:
    """Look at form and check digits and, where it is wanted, ask VIES; what is found is kept."""
    register = ViesRegister(request.app.state.settings.vies_url)
    return enveloped(await TaxNumberService(tx, register).check(**dict(body)))


@router.get(
    "/checks", summary="List checks of tax numbers", response_model=Listing[TaxNumberCheckOut]
)
async def list_tax_number_checks(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Annotated[Principal, Depends(requires("tax:read"))],
    customer_id: UUID | None = None,
    number: Annotated[str | None, Query(max_length=40, description="Compact form.")] = None,
) -> dict[str, Any]:
    """What was looked at, the newest first."""
    rows, total = await TaxNumberRepository(tx).page(
        customer_id, number, page.offset, page.per_page
    )
    return listing(rows, page, total)

"""HTTP verbs with which customers ask for their data, or to be forgotten."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, customer_of, requires
from dotmac_customers.data_requests.errors import DataRequestNotFoundError
from dotmac_customers.data_requests.repository import DataRequestRepository
from dotmac_customers.data_requests.schemas import DataExportLinkOut
from dotmac_customers.data_requests.service import DataRequestService
from dotmac_customers.file_links.routes import link_to
from dotmac_customers.file_links.ticket import Purpose
from dotmac_customers.portal_data_requests.schemas import OwnDataRequestIn, OwnDataRequestOut

# Who has left may ask, too.
router = APIRouter(prefix="/portal/me/data-requests", tags=["Portal"])

Customer = Annotated[Principal, Depends(requires("portal:profile"))]
_DOWNLOAD = "download_data_export"


@router.get(
    "", response_model=Envelope[list[OwnDataRequestOut]], summary="List what I asked about my data"
)
async def list_own_data_requests(tx: Tx, principal: Customer) -> dict[str, Any]:
    """One's requests, newest first."""
    return enveloped(await DataRequestRepository(tx).of_customer(customer_of(principal)))


@router.post(
    "",
    response_model=Envelope[OwnDataRequestOut],
    status_code=201,
    summary="Ask for my data, or to be forgotten",
)
async def ask_about_own_data(body: OwnDataRequestIn, tx: Tx, principal: Customer) -> dict[str, Any]:
    """Ask; there is a month to answer. One request of a kind is answered after the other."""
    return enveloped(await DataRequestService(tx).ask(customer_of(principal), body.kind))


@router.post(
    "/{request_id}/link",
    response_model=Envelope[DataExportLinkOut],
    summary="Make a link to my data",
)
async def link_own_data(
    request_id: UUID, tx: Tx, request: Request, principal: Customer
) -> dict[str, Any]:
    """A link that a browser follows without a header, for five minutes; for fourteen days."""
    found = await DataRequestRepository(tx).by_id(request_id)
    if found is None or found.customer_id != customer_of(principal):
        raise DataRequestNotFoundError(request_id)
    return enveloped(
        await link_to(
            tx,
            request,
            await DataRequestService(tx).export_of(request_id),
            purpose=Purpose.DATA_EXPORT,
            route=_DOWNLOAD,
        )
    )

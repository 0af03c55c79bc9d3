"""HTTP verbs of requests of data subjects."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from dotmac_core_ops.database import Db, Tx, clock_of
from dotmac_core_ops.files import file_store, open_file
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.data_requests.deadlines import DataRequestState
from dotmac_customers.data_requests.errors import DataRequestNotFoundError
from dotmac_customers.data_requests.repository import DataRequestRepository
from dotmac_customers.data_requests.schemas import (
    DataExportLinkOut,
    DataRequestIn,
    DataRequestOut,
    DataRequestRefusalIn,
    DataRequestStepOut,
    IdentityConfirmationIn,
)
from dotmac_customers.data_requests.service import DataRequestService
from dotmac_customers.file_links.routes import attachment, link_to, ticket_of
from dotmac_customers.file_links.ticket import Purpose

router = APIRouter(prefix="/data-requests", tags=["Data subject requests"])

Reader = Annotated[Principal, Depends(requires("data_requests:read"))]
Writer = Annotated[Principal, Depends(requires("data_requests:write"))]
_DOWNLOAD = "download_data_export"


@router.post(
    "", response_model=Envelope[DataRequestOut], status_code=201, summary="Receive a data request"
)
async def receive_data_request(body: DataRequestIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Note that a person asks for their data or to be forgotten; there is a month to answer."""
    return enveloped(
        await DataRequestService(tx).receive(body.customer_id, body.kind, body.received_on)
    )


@router.get("", response_model=Listing[DataRequestOut], summary="List data requests")
async def list_data_requests(
    tx: Tx,
    _: Reader,
    page: Annotated[PageParams, Depends()],
    *,
    state: DataRequestState | None = None,
    overdue: Annotated[
        bool, Query(description="Only those that should have been answered by now.")
    ] = False,
) -> dict[str, Any]:
    """Requests of data subjects, the most urgent first."""
    rows, total = await DataRequestRepository(tx).page(
        state,
        overdue_on=clock_of(tx).now().date() if overdue else None,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@router.get("/{request_id}", response_model=Envelope[DataRequestOut], summary="Read a data request")
async def read_data_request(request_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """How far a request has come."""
    found = await DataRequestRepository(tx).by_id(request_id)
    if found is None:
        raise DataRequestNotFoundError(request_id)
    return enveloped(found)


@router.get(
    "/{request_id}/steps",
    response_model=Envelope[list[DataRequestStepOut]],
    summary="List what was done about a data request",
)
async def list_data_request_steps(request_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """The log of a request: what was erased in which module, and what is kept under which law."""
    return enveloped(await DataRequestRepository(tx).steps_of(request_id))


@router.post(
    "/{request_id}/identity",
    response_model=Envelope[DataRequestOut],
    summary="Confirm who asks",
)
async def confirm_data_request_identity(
    request_id: UUID, body: IdentityConfirmationIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Say how you made sure that the request comes from the person it is about."""
    return enveloped(await DataRequestService(tx).confirm(request_id, body.how))


@router.post(
    "/{request_id}/fulfilment",
    response_model=Envelope[DataRequestOut],
    status_code=202,
    summary="Fulfil a data request",
)
async def fulfil_data_request(request_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Have the export built, or the person erased in all modules. Erasing cannot be undone."""
    return enveloped(await DataRequestService(tx).begin(request_id))


@router.post(
    "/{request_id}/refusal",
    response_model=Envelope[DataRequestOut],
    summary="Refuse a data request",
)
async def refuse_data_request(
    request_id: UUID, body: DataRequestRefusalIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Note that the request is not fulfilled, and on which ground."""
    return enveloped(await DataRequestService(tx).refuse(request_id, body.ground))


@router.post(
    "/{request_id}/link",
    response_model=Envelope[DataExportLinkOut],
    summary="Make a link to an export",
)
async def link_data_export(request_id: UUID, tx: Tx, request: Request, _: Writer) -> dict[str, Any]:
    """A link that a browser follows without a header, for five minutes. That it was made is noted.

    The export is there for fourteen days.
    """
    file_id = await DataRequestService(tx).export_of(request_id)
    return enveloped(
        await link_to(tx, request, file_id, purpose=Purpose.DATA_EXPORT, route=_DOWNLOAD)
    )


@router.get(
    "/download/{ticket}",
    name=_DOWNLOAD,
    summary="Fetch an export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string"}}}}},
)
async def download_data_export(
    ticket: Annotated[str, Path(max_length=200)], request: Request, database: Db
) -> StreamingResponse:
    """The archive that a link leads to. The link itself says who may have it."""
    wanted = ticket_of(request, ticket, Purpose.DATA_EXPORT, database.clock.now())
    async with database.transaction(wanted.tenant_id) as session:
        stored, chunks = await open_file(session, file_store(), wanted.file_id)
    return attachment(stored, chunks)

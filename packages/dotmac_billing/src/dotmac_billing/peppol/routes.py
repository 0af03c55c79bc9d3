"""`/billing/customers/{id}/peppol`, `/billing/peppol/sender` and `/billing/peppol/deliveries`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.peppol.repository import SORTS, DeliveryFilter, PeppolRepository
from dotmac_billing.peppol.schemas import (
    PeppolDeliveryOut,
    PeppolParticipantIn,
    PeppolParticipantOut,
    PeppolQueueIn,
    PeppolSenderIn,
    PeppolSenderOut,
)
from dotmac_billing.peppol.service import PeppolService
from dotmac_billing.peppol.states import DeliveryStatus
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing, sort_order
from dotmac_core_ops.principal import Principal, requires

participants_router = APIRouter(prefix="/billing/customers/{customer_id}/peppol", tags=["Peppol"])
sender_router = APIRouter(prefix="/billing/peppol/sender", tags=["Peppol"])
deliveries_router = APIRouter(prefix="/billing/peppol/deliveries", tags=["Peppol"])

Reader = Annotated[Principal, Depends(requires("billing:read"))]
Writer = Annotated[Principal, Depends(requires("billing:write"))]
DeliveryReader = Annotated[Principal, Depends(requires("peppol:read"))]
DeliverySender = Annotated[Principal, Depends(requires("peppol:send"))]


@participants_router.get(
    "",
    summary="Read a customer's Peppol identifier",
    response_model=Envelope[PeppolParticipantOut],
)
async def read_peppol_participant(customer_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """Where the customer's documents are sent, and the reference that they bear."""
    return enveloped(await PeppolService(tx).participant(customer_id))


@participants_router.put(
    "", summary="Give a customer a Peppol identifier", response_model=Envelope[PeppolParticipantOut]
)
async def put_peppol_participant(
    customer_id: UUID, body: PeppolParticipantIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """What is issued from now on is sent there, in place of an identifier that it had before."""
    known = await PeppolService(tx).put_participant(customer_id, **dict(body))
    return enveloped(known)


@participants_router.delete("", status_code=204, summary="Take a customer's Peppol identifier away")
async def delete_peppol_participant(customer_id: UUID, tx: Tx, _: Writer) -> Response:
    """Nothing is sent to the customer any more."""
    await PeppolService(tx).remove_participant(customer_id)
    return Response(status_code=204)


@sender_router.get("", summary="Read the Peppol sender", response_model=Envelope[PeppolSenderOut])
async def read_peppol_sender(tx: Tx, _: Reader) -> dict[str, Any]:
    """On whose behalf the access point sends the tenant's documents."""
    return enveloped(await PeppolService(tx).sender())


@sender_router.put("", summary="Set the Peppol sender", response_model=Envelope[PeppolSenderOut])
async def put_peppol_sender(body: PeppolSenderIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Documents that are issued from now on are sent, to customers with a Peppol identifier."""
    return enveloped(await PeppolService(tx).put_sender(**dict(body)))


@sender_router.delete("", status_code=204, summary="Remove the Peppol sender")
async def delete_peppol_sender(tx: Tx, _: Writer) -> Response:
    """Nothing is sent any more."""
    await PeppolService(tx).remove_sender()
    return Response(status_code=204)


@deliveries_router.get(
    "", summary="List Peppol deliveries", response_model=Listing[PeppolDeliveryOut]
)
async def list_peppol_deliveries(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: DeliveryReader,
    status: Annotated[DeliveryStatus | None, Query()] = None,
    customer_id: UUID | None = None,
    document_id: UUID | None = None,
    sort: Annotated[
        str, Query(description="created_at, number or next_at; - for descending.")
    ] = "-created_at",
) -> dict[str, Any]:
    """How far each document has come, and why what failed did."""
    field, descending = sort_order(sort, tuple(SORTS))
    rows, total = await PeppolRepository(tx).page(
        DeliveryFilter(status, customer_id, document_id),
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@deliveries_router.post(
    "",
    status_code=201,
    summary="Send a document through Peppol",
    response_model=Envelope[PeppolDeliveryOut],
)
async def queue_peppol_delivery(body: PeppolQueueIn, tx: Tx, _: DeliverySender) -> dict[str, Any]:
    """Queue an invoice or credit note that was not queued when it was issued.

    A document has one delivery: that which it has already is the answer, as it is.
    """
    return enveloped(await PeppolService(tx).queue(body.document_id))


@deliveries_router.get(
    "/{delivery_id}", summary="Read a Peppol delivery", response_model=Envelope[PeppolDeliveryOut]
)
async def read_peppol_delivery(delivery_id: UUID, tx: Tx, _: DeliveryReader) -> dict[str, Any]:
    """How far one document has come."""
    return enveloped(await PeppolService(tx).delivery(delivery_id))


@deliveries_router.post(
    "/{delivery_id}/resend",
    summary="Send a document through Peppol again",
    response_model=Envelope[PeppolDeliveryOut],
)
async def resend_peppol_delivery(delivery_id: UUID, tx: Tx, _: DeliverySender) -> dict[str, Any]:
    """Queue what failed once more, and what waits for its next attempt at once."""
    return enveloped(await PeppolService(tx).resend(delivery_id))

"""HTTP verbs of reasons to keep something."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.retention.reason import OwnReason
from dotmac_customers.retention.schemas import RetentionOut, RetentionReasonIn
from dotmac_customers.retention.service import RetentionService, kept_by

router = APIRouter(prefix="/retention-reasons", tags=["Data subject requests"])

Reader = Annotated[Principal, Depends(requires("data_requests:read"))]
Configurer = Annotated[Principal, Depends(requires("data_requests:configure"))]
Subject = Annotated[str, Path(max_length=63, examples=["invoices"])]


async def retention_service(tx: Tx, request: Request) -> RetentionService:
    """The tenant's reasons, for all that the installed modules keep."""
    return RetentionService(tx, kept_by(request.app.state.modules))


Reasons = Annotated[RetentionService, Depends(retention_service)]


@router.get(
    "", response_model=Envelope[list[RetentionOut]], summary="List what is kept of the erased"
)
async def list_retention_reasons(_: Reader, reasons: Reasons) -> dict[str, Any]:
    """What erasing leaves, on which basis and for how long: your own, or an example."""
    return enveloped(await reasons.all())


@router.put("/{subject}", response_model=Envelope[RetentionOut], summary="Say why it is kept")
async def set_retention_reason(
    subject: Subject, body: RetentionReasonIn, _: Configurer, reasons: Reasons
) -> dict[str, Any]:
    """Name the basis and the period that hold for you; they stand in the log of each erasure."""
    return enveloped(await reasons.put(subject, OwnReason(body.basis, body.years)))


@router.delete(
    "/{subject}", response_model=Envelope[RetentionOut], summary="Go back to the example"
)
async def remove_retention_reason(
    subject: Subject, _: Configurer, reasons: Reasons
) -> dict[str, Any]:
    """Have no reason of your own; the answer is the example that stands there then."""
    return enveloped(await reasons.remove(subject))

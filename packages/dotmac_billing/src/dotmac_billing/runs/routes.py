"""`/bill-runs`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.invoicing.schemas import shown_draft
from dotmac_billing.runs.repository import RunRepository
from dotmac_billing.runs.schemas import BillRunIn, BillRunOut, DraftsOut
from dotmac_billing.runs.service import BillRunService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/bill-runs", tags=["Bill runs"])

Reader = Annotated[Principal, Depends(requires("bill_runs:read"))]


@router.post("", status_code=202, summary="Start a bill run", response_model=Envelope[BillRunOut])
async def start_bill_run(
    body: BillRunIn, tx: Tx, _: Annotated[Principal, Depends(requires("bill_runs:start"))]
) -> dict[str, Any]:
    """Have the worker bill everything that is due; read the run to see how far it is."""
    return enveloped(await BillRunService(tx).enqueue(body.through, historical=body.historical))


@router.get("", summary="List bill runs", response_model=Listing[BillRunOut])
async def list_bill_runs(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """The tenant's bill runs, newest first."""
    rows, total = await RunRepository(tx).page(page.per_page, page.offset)
    return listing([dict(row) for row in rows], page, total)


@router.get("/drafts", summary="Preview a bill run", response_model=Envelope[DraftsOut])
async def preview_bill_run(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    through: Annotated[
        date | None, Query(description="Up to and including this day; today when left out.")
    ] = None,
) -> dict[str, Any]:
    """What a run would issue, by the same rule, drafts included; nothing is written.

    Pages and the total count due subscriptions; each may have several drafts, or none.
    """
    drafts, failures, total = await BillRunService(tx).drafts(
        through, limit=page.per_page, offset=page.offset
    )
    found = {
        "drafts": [shown_draft(draft) for draft in drafts],
        "failures": [
            {"subscription_id": one.subscription_id, "code": one.code, "message": one.message}
            for one in failures
        ],
    }
    pagination = {"page": page.page, "per_page": page.per_page, "total": total}
    return {"data": found, "meta": {"pagination": pagination}}


@router.get("/{run_id}", summary="Read a bill run", response_model=Envelope[BillRunOut])
async def read_bill_run(run_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One bill run with its figures up to now."""
    return enveloped(await BillRunService(tx).get(run_id))

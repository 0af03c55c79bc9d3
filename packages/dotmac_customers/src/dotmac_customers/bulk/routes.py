"""The HTTP verb that changes many customers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.bulk.errors import BulkNothingToDoError
from dotmac_customers.bulk.schemas import BulkEditIn, BulkResultOut
from dotmac_customers.bulk.service import BulkService
from dotmac_customers.filters.expression import Joined
from dotmac_customers.filters.service import read_filter
from dotmac_customers.filters.target import Target
from dotmac_customers.segments.service import SegmentService

router = APIRouter(prefix="/customers", tags=["Customers"])

Writer = Annotated[Principal, Depends(requires("customers:bulk_edit"))]


@router.patch("/bulk", response_model=Envelope[BulkResultOut], summary="Change many customers")
async def change_customers(body: BulkEditIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Tag, untag, assign, set fields of or move up to 10,000 customers: all of it, or nothing.

    They are named one by one, by a filter, by a segment, or by any of these together. A dry run
    counts, and changes nothing.
    """
    if body.customer_ids is None and body.filter is None and body.segment_id is None:
        raise BulkNothingToDoError("Say who is meant: customer_ids, filter or segment_id.")
    segment = Target()
    if body.segment_id is not None:
        segment = await SegmentService.within(tx).target(body.segment_id)
    wanted = [] if body.filter is None else [await read_filter(tx, body.filter)]
    wanted += [] if segment.expression is None else [segment.expression]
    target = Target(
        None if body.customer_ids is None else tuple(body.customer_ids),
        segment.list_id,
        Joined("all", tuple(wanted)) if wanted else None,
    )
    service = BulkService(tx)
    work = service.try_out if body.dry_run else service.edit
    result = await work(target, body.edit())
    return enveloped({**asdict(result), "dry_run": body.dry_run})

"""HTTP verbs of duplicates and merges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response

from dotmac_core_ops.database import Tx, driver_connection
from dotmac_core_ops.http import Envelope, Listing, PageParams, etag_of, listing, raw_json
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.merging.repository import MergeRepository
from dotmac_customers.merging.schemas import DuplicateOut, MergeIn
from dotmac_customers.merging.service import MergeService
from dotmac_customers.profiles.repository import document_of
from dotmac_customers.profiles.schemas import CustomerOut
from dotmac_customers.profiles.service import CustomerService

router = APIRouter(prefix="/customers", tags=["Duplicate customers"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
Merger = Annotated[Principal, Depends(requires("customers:merge"))]
Least = Annotated[int, Query(ge=1, le=100, description="The lowest score to be shown.")]


@router.get("/duplicates", response_model=Listing[DuplicateOut], summary="Find duplicates")
async def find_duplicates(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Reader, min_score: Least = 30
) -> dict[str, Any]:
    """Pairs that may be one customer, the surest first, and what they have in common.

    Compared are e-mail addresses, the last digits of telephone numbers, tax numbers, and names
    together with postal codes. What more than twenty share is no sign.
    """
    return await _pairs(tx, None, page, min_score)


@router.get(
    "/{customer_id}/duplicates",
    response_model=Listing[DuplicateOut],
    summary="Find a customer's duplicates",
)
async def find_duplicates_of(
    customer_id: UUID,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    min_score: Least = 30,
) -> dict[str, Any]:
    """Who may be the same as this customer, the surest first."""
    await CustomerService.within(tx).by_id(customer_id)
    return await _pairs(tx, customer_id, page, min_score)


@router.post(
    "/{customer_id}/merge", response_model=Envelope[CustomerOut], summary="Merge two customers"
)
async def merge_customers(customer_id: UUID, body: MergeIn, tx: Tx, _: Merger) -> Response:
    """Make another customer part of this one, for good; what belongs to it goes over.

    The other leads to this one from now on (`merged_into_id`) and is changed no more. Billing hands
    its subscriptions over and keeps its invoices where they were issued.
    """
    await MergeService(tx).merge(customer_id, body.merged_id, body.take)
    found = await document_of(await driver_connection(tx), customer_id)
    assert found is not None  # it was written just now
    document, version = found
    return raw_json(f'{{"data":{document},"meta":{{}}}}'.encode(), etag=etag_of(version))


async def _pairs(
    tx: Tx, customer_id: UUID | None, page: PageParams, min_score: int
) -> dict[str, Any]:
    rows = await MergeRepository(tx).pairs(
        customer_id, least=min_score, offset=page.offset, limit=page.per_page
    )
    total = rows[0]["total"] if rows else 0
    return listing(_duplicates(rows), page, total)


def _duplicates(rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
    return [
        {
            **{
                side: {name: row[f"{side}_{name}"] for name in ("id", "number", "name", "email")}
                for side in ("one", "other")
            },
            "score": row["score"],
            "signs": row["signs"],
        }
        for row in rows
    ]

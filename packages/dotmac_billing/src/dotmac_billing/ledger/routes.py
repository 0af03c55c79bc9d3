"""`/ledger`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.ledger.schemas import AccountBalanceOut, EntryOut
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/ledger", tags=["Ledger"])

Reader = Annotated[Principal, Depends(requires("ledger:read"))]


@router.get(
    "/accounts",
    summary="Read balances of accounts",
    response_model=Envelope[list[AccountBalanceOut]],
)
async def read_ledger_accounts(
    tx: Tx,
    _: Reader,
    as_of: Annotated[Day | None, Query(description="Up to and including that day.")] = None,
) -> dict[str, Any]:
    """What stands on each account that anything was posted to, by currency."""
    return enveloped([dict(row) for row in await LedgerRepository(tx).balances(as_of)])


@router.get("/entries", summary="List ledger entries", response_model=Listing[EntryOut])
async def list_ledger_entries(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    source_type: Annotated[str | None, Query(max_length=40, examples=["invoice"])] = None,
    source_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """The books, newest entry first, each with its postings."""
    entries, postings, total = await LedgerRepository(tx).entries(
        source_type, source_id, page.per_page, page.offset
    )
    found: dict[UUID, dict[str, Any]] = {
        row["id"]: {**dict(row), "postings": []} for row in entries
    }
    for posting in postings:
        found[posting["entry_id"]]["postings"].append(dict(posting))
    return listing(list(found.values()), page, total)

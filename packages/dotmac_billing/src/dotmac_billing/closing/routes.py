"""`/ledger/periods` and `/ledger/recognition`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dotmac_billing.closing.schemas import ClosedOut, RecognisedOut, ReopenIn, ThroughIn
from dotmac_billing.closing.service import close_books, recognise_through, reopen_books
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/ledger", tags=["Ledger"])

Closer = Annotated[Principal, Depends(requires("ledger:close"))]


@router.post(
    "/periods/close", summary="Close months of the books", response_model=Envelope[ClosedOut]
)
async def close_periods(body: ThroughIn, tx: Tx, _: Closer) -> dict[str, Any]:
    """Book the revenue of every month up to that day, and take no more entries of those months.

    Whatever is issued, paid or corrected later must be of a day after it.
    """
    await close_books(tx, body.through)
    return enveloped({"books_closed_on": body.through})


@router.post(
    "/periods/reopen", summary="Open closed months again", response_model=Envelope[ClosedOut]
)
async def reopen_periods(body: ReopenIn, tx: Tx, _: Closer) -> dict[str, Any]:
    """Take entries of that month, and of all after it, again. It is remembered who did."""
    return enveloped({"books_closed_on": await reopen_books(tx, body.month)})


@router.post("/recognition", summary="Book revenue", response_model=Envelope[RecognisedOut])
async def recognise_now(body: ThroughIn, tx: Tx, _: Closer) -> dict[str, Any]:
    """Turn what is earned up to that day from deferred revenue into revenue.

    It is done without being asked when a month is over. Doing it twice books nothing.
    """
    done = await recognise_through(tx, body.through)
    amounts = [{"currency": code, "amount": amount} for code, amount in done.amounts.items()]
    return enveloped({"booked_on": list(done.booked_on), "amounts": amounts})

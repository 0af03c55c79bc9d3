"""`/ledger/chart` and `/ledger/journal`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, status
from fastapi.responses import StreamingResponse

from dotmac_billing.journal.journal_text import JournalFormat
from dotmac_billing.journal.schemas import AccountMappingIn, ChartAccountIn, ChartAccountOut
from dotmac_billing.journal.service import (
    chart_of_accounts,
    export_journal,
    map_account,
    open_account,
)
from dotmac_billing.ledger.errors import ReportPeriodError
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Database, Tx, get_database
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/ledger", tags=["Ledger"])

Reader = Annotated[Principal, Depends(requires("ledger:read"))]
Writer = Annotated[Principal, Depends(requires("ledger:write"))]
_MEDIA = {
    JournalFormat.CSV: "text/csv; charset=utf-8",
    JournalFormat.JSON_LINES: "application/x-ndjson",
}


@router.get(
    "/chart", summary="Read the chart of accounts", response_model=Envelope[list[ChartAccountOut]]
)
async def read_chart(tx: Tx, _: Reader) -> dict[str, Any]:
    """Every account, and what the accounting system calls it."""
    return enveloped(await chart_of_accounts(tx))


@router.post(
    "/chart",
    summary="Open an account",
    response_model=Envelope[ChartAccountOut],
    status_code=status.HTTP_201_CREATED,
)
async def open_chart_account(body: ChartAccountIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """An account of the tenant's own, beside those that billing posts to."""
    return enveloped(await open_account(tx, body.code, body.name, body.kind, body.external_code))


@router.put(
    "/chart/{code}/external-code",
    summary="Map an account",
    response_model=Envelope[ChartAccountOut],
)
async def map_chart_account(
    code: Annotated[str, Path(max_length=40, examples=["revenue"])],
    body: AccountMappingIn,
    tx: Tx,
    _: Writer,
) -> dict[str, Any]:
    """Say what the accounting system calls an account. Exports use it from now on."""
    return enveloped(await map_account(tx, code, body.external_code))


@router.get(
    "/journal/export",
    summary="Export the journal",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            }
        }
    },
)
async def export_ledger_journal(
    principal: Reader,
    database: Annotated[Database, Depends(get_database)],
    from_on: Annotated[Day, Query(description="First day.", examples=["2026-10-01"])],
    to_on: Annotated[Day, Query(description="Last day.", examples=["2026-10-31"])],
    form: Annotated[
        JournalFormat, Query(alias="format", description="CSV, or a JSON object a line.")
    ] = JournalFormat.CSV,
) -> StreamingResponse:
    """Every posting of those days in order, with the accounting system's codes.

    An entry is the postings of one `entry_id`; their debits equal their credits.
    """
    if to_on < from_on:
        raise ReportPeriodError(from_on, to_on)
    return StreamingResponse(
        export_journal(database, principal.tenant_id, from_on, to_on, form),
        media_type=_MEDIA[form],
        headers={"content-disposition": f'attachment; filename="journal.{form.value}"'},
    )

"""HTTP verbs of the audit log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import asyncpg
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from dotmac_core_ops.audit import repository
from dotmac_core_ops.audit.recording import record
from dotmac_core_ops.audit.schemas import AuditPage, AuditProofOut
from dotmac_core_ops.audit.sealing import Seal, latest_seal, verify
from dotmac_core_ops.audit.wanted import WantedEntries
from dotmac_core_ops.cursors import cursor_of, place_of
from dotmac_core_ops.database import Database, Db, Tx
from dotmac_core_ops.http import MAX_PER_PAGE, Envelope, dump_json, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_core_ops.spreadsheet import csv_text

router = APIRouter(prefix="/audit", tags=["Audit"])

Reader = Annotated[Principal, Depends(requires("audit:read"))]
Exporter = Annotated[Principal, Depends(requires("audit:export"))]
Text = Annotated[str | None, Query(max_length=200)]
_MEDIA = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
_TEXT = {"schema": {"type": "string"}}


def wanted(
    *,
    actor: Text = None,
    actor_kind: Text = None,
    action: Annotated[str | None, Query(max_length=200, examples=["invoices.issue"])] = None,
    target_type: Text = None,
    target_id: Text = None,
    request_id: Text = None,
    impersonated_by: Text = None,
    is_impersonated: Annotated[
        bool | None, Query(description="Done by the operator in a user's name.")
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="At or after.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
) -> WantedEntries:
    """The filters of the request."""
    return WantedEntries(
        actor=actor,
        actor_kind=actor_kind,
        action=action,
        target_type=target_type,
        target_id=target_id,
        request_id=request_id,
        impersonated_by=impersonated_by,
        is_impersonated=is_impersonated,
        since=since,
        until=until,
    )


Wanted = Annotated[WantedEntries, Depends(wanted)]


@router.get("", response_model=AuditPage, summary="Search the audit log")
async def search_audit_log(
    principal: Reader,
    database: Db,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=MAX_PER_PAGE, description="Entries a page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=200, description="Of the page before.")] = None,
) -> dict[str, Any]:
    """Who did what to which thing, newest first; what comes in meanwhile moves no page."""
    after = None if cursor is None else place_of(cursor)
    async with database.read(principal.tenant_id) as connection:
        rows = await repository.page(connection, wanted, after=after, limit=limit + 1)
    shown = rows[:limit]
    following = cursor_of(shown[-1]["at"], shown[-1]["id"]) if len(rows) > limit else None
    return {"data": [_entry(row) for row in shown], "meta": {"next_cursor": following}}


@router.get(
    "/export",
    summary="Export the audit log",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": _TEXT, "application/x-ndjson": _TEXT}}},
)
async def export_audit_log(
    tx: Tx,
    principal: Exporter,
    database: Db,
    wanted: Wanted,
    form: Annotated[Literal["csv", "ndjson"], Query(alias="format")] = "csv",
) -> StreamingResponse:
    """All entries that match the filters, newest first; that they were taken is an entry itself.

    In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    await record(tx, action="audit.export", target=("audit_log", form))
    return StreamingResponse(
        _exported(database, principal, wanted, form),
        media_type=_MEDIA[form],
        headers={"content-disposition": f'attachment; filename="audit.{form}"'},
    )


@router.get("/proof", response_model=Envelope[AuditProofOut], summary="Prove the audit log")
async def prove_audit_log(
    tx: Tx,
    _: Reader,
    block: Annotated[int | None, Query(ge=1, description="A block noted earlier, …")] = None,
    known_hash: Annotated[
        str | None,
        Query(alias="hash", pattern="^[0-9a-f]{64}$", description="… and its hash, to be found."),
    ] = None,
) -> dict[str, Any]:
    """Compute all seals anew: nothing was removed, altered or put in since entries were sealed.

    Those of the last minute wait for their seal. It reads the whole log.
    """
    known = None
    if block is not None and known_hash is not None:
        known = Seal(block, bytes.fromhex(known_hash))
    problems = await verify(tx, known=known)
    newest = await latest_seal(tx)
    return enveloped(
        {
            "is_whole": not problems,
            "block": None if newest is None else newest.number,
            "hash": None if newest is None else newest.hash.hex(),
            "problems": problems,
        }
    )


async def _exported(
    database: Database, principal: Principal, wanted: WantedEntries, form: str
) -> AsyncIterator[bytes]:
    # The header waits for the first rows: once it is out, a failure can only cut the file short.
    header = csv_text([repository.COLUMNS]).encode() if form == "csv" else b""
    async with database.read(principal.tenant_id) as connection:
        async for rows in repository.stream(connection, wanted):
            yield header + _lines(rows, form)
            header = b""
    yield header


def _lines(rows: list[asyncpg.Record], form: str) -> bytes:
    if form == "csv":
        return csv_text(tuple(row) for row in rows).encode()
    return b"".join(dump_json(_entry(row)) + b"\n" for row in rows)


def _entry(row: asyncpg.Record) -> dict[str, Any]:
    entry = {**row, "id": str(row["id"])}  # the driver's own kind of UUID is not known to JSON
    for side in ("before", "after"):
        entry[side] = None if entry[side] is None else json.loads(entry[side])
    return entry

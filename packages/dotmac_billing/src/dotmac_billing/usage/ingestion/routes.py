"""`POST /usage/events`."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.ingestion.adapters.bodies import json_of
from dotmac_billing.usage.ingestion.reported_json import event_of
from dotmac_billing.usage.ingestion.schemas import MOST_EVENTS, UsageEventsIn, UsageEventsOut
from dotmac_billing.usage.ingestion.service import ingest
from dotmac_billing.usage.reported import IngestResult, Outcome
from dotmac_core_ops.database import Tx, open_transaction
from dotmac_core_ops.http import Envelope, raw_json, shortcut
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/usage", tags=["Usage"])

Ingester = Annotated[Principal, Depends(requires("usage:ingest"))]


async def _take_plainly(request: Request) -> Response | None:
    """The usual call, without FastAPI's part; anything unusual is left to the route."""
    body = await json_of(request)
    events = body.get("events") if type(body) is dict and len(body) == 1 else None
    if type(events) is not list or not 0 < len(events) <= MOST_EVENTS:
        return None
    async with asynccontextmanager(open_transaction)(request) as session:
        return raw_json(await _taken(session, events))


@router.post(
    "/events",
    summary="Report usage",
    response_model=Envelope[UsageEventsOut],
)
@shortcut(_take_plainly)
async def report_usage(body: UsageEventsIn, tx: Tx, _: Ingester) -> Response:
    """Take up to 1,000 events in, and say of each what became of it.

    The call succeeds whatever becomes of its events. `duplicate`: an event of that id was taken
    before, and nothing has changed. `refused`: the code says why; the others went in all the same.
    """
    return raw_json(await _taken(tx, body.events))


async def _taken(session: AsyncSession, events: list[Any]) -> bytes:
    result = await ingest(session, [event_of(item) for item in events])
    return _answer(events, result)


def _answer(events: list[Any], result: IngestResult) -> bytes:
    results: list[dict[str, object]] = []
    for n, (item, outcome) in enumerate(zip(events, result.outcomes, strict=True)):
        event_id = item.get("event_id") if type(item) is dict else None
        told: dict[str, object] = {"event_id": event_id, "status": outcome.value}
        if outcome is Outcome.REFUSED:
            refusal = result.refusals[n]
            told |= {"code": refusal.code, "message": refusal.message}
            if type(event_id) is not str:
                told["event_id"] = None
        results.append(told)
    data = {
        "accepted": result.accepted,
        "duplicates": result.duplicates,
        "refused": result.refused,
        "late": result.late,
        "results": results,
    }
    return orjson.dumps({"data": data, "meta": {}})

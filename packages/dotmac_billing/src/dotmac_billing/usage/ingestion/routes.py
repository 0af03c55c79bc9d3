"""`POST /usage/events`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response

from dotmac_billing.usage.ingestion.adapters.bodies import json_of
from dotmac_billing.usage.ingestion.adapters.turns import turn_of
from dotmac_billing.usage.ingestion.reported_json import event_of
from dotmac_billing.usage.ingestion.schemas import MOST_EVENTS, UsageEventsIn, UsageEventsOut
from dotmac_billing.usage.ingestion.service import ingest
from dotmac_billing.usage.reported import IngestResult, Refusal, UsageEvent
from dotmac_core_ops.collector import rare_collections
from dotmac_core_ops.database import Tx, get_database, open_transaction
from dotmac_core_ops.http import Envelope, raw_json, shortcut
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/usage", tags=["Usage"])

Ingester = Annotated[Principal, Depends(requires("usage:ingest"))]
_AT_ONCE = 500  # a millisecond's work


async def _take_plainly(request: Request) -> Response | None:
    """The usual call, without FastAPI's part; anything unusual is left to the route."""
    body = await json_of(request)
    events = body.get("events") if type(body) is dict and len(body) == 1 else None
    if type(events) is not list or not 0 < len(events) <= MOST_EVENTS:
        return None
    reported = await _reported(events)
    # One call of this process at a time: the others keep neither connections nor the processor from
    # those who read, and PostgreSQL does not get more done when more of them wait in it.
    async with turn_of(get_database(request)), asynccontextmanager(open_transaction)(request) as tx:
        result = await ingest(tx, reported)
    return raw_json(_answer(events, result))


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
    return raw_json(_answer(body.events, await ingest(tx, await _reported(body.events))))


async def _reported(items: list[Any]) -> list[UsageEvent | Refusal]:
    reported: list[UsageEvent | Refusal] = []
    with rare_collections():
        for first in range(0, len(items), _AT_ONCE):
            reported += [event_of(item) for item in items[first : first + _AT_ONCE]]
            await asyncio.sleep(0)  # whoever reads meanwhile need not wait for all of them
    return reported


def _answer(events: list[Any], result: IngestResult) -> bytes:
    results = [
        {"event_id": item.get("event_id") if type(item) is dict else None, "status": outcome.value}
        for item, outcome in zip(events, result.outcomes, strict=True)
    ]
    for n, refusal in result.refusals.items():
        told = results[n]
        told |= {"code": refusal.code, "message": refusal.message}
        if type(told["event_id"]) is not str:
            told["event_id"] = None
    data = {
        "accepted": result.accepted,
        "duplicates": result.duplicates,
        "refused": result.refused,
        "late": result.late,
        "results": results,
    }
    return orjson.dumps({"data": data, "meta": {}})

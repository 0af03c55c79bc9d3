"""Looking at events, and deciding about those that could not be delivered."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_core_events.outbox.models import EventState
from dotmac_core_events.outbox.schemas import EventOut, EventsChanged, EventsNamed
from dotmac_core_events.outbox.service import OutboxService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import requires

router = APIRouter(prefix="/events", tags=["Events"])
_may_read = Depends(requires("events:read"))
_may_replay = Depends(requires("events:replay"))


@router.get("", response_model=Listing[EventOut], dependencies=[_may_read], summary="List events")
async def list_events(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    state: Annotated[EventState | None, Query(description="Only those in this state.")] = None,
    name: Annotated[str | None, Query(max_length=200, description="Only those named so.")] = None,
) -> dict[str, Any]:
    """List announced events, newest first."""
    events, total = await OutboxService(tx).page(
        state=state, name=name, offset=page.offset, limit=page.per_page
    )
    return listing(events, page, total)


@router.get(
    "/{event_id}",
    response_model=Envelope[EventOut],
    dependencies=[_may_read],
    summary="Read an event",
)
async def read_event(event_id: UUID, tx: Tx) -> dict[str, Any]:
    """Read an announced event."""
    return enveloped(await OutboxService(tx).get(event_id))


@router.post(
    "/replay",
    response_model=Envelope[EventsChanged],
    dependencies=[_may_replay],
    summary="Replay dead events",
)
async def replay_events(body: EventsNamed, tx: Tx) -> dict[str, Any]:
    """Deliver dead events again, to the handlers that do not have them yet."""
    return enveloped({"count": await OutboxService(tx).replay(body.ids)})


@router.post(
    "/drop",
    response_model=Envelope[EventsChanged],
    dependencies=[_may_replay],
    summary="Drop dead events",
)
async def drop_events(body: EventsNamed, tx: Tx) -> dict[str, Any]:
    """Remove dead events for good."""
    return enveloped({"count": await OutboxService(tx).drop(body.ids)})

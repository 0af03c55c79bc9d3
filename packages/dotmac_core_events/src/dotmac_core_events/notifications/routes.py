"""Looking at messages, and sending one again."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_core_events.notifications.message import Channel
from dotmac_core_events.notifications.repository import WantedMessages
from dotmac_core_events.notifications.schemas import MessageOut, MessageSummaryOut
from dotmac_core_events.notifications.service import MessageService
from dotmac_core_events.notifications.state import MessageState
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import requires

router = APIRouter(prefix="/messages", tags=["Messages"])
_may_read = Depends(requires("messages:read"))
_may_write = Depends(requires("messages:write"))


def wanted(
    *,
    about: Annotated[
        str | None, Query(max_length=63, description="What they concern.", examples=["customer"])
    ] = None,
    about_id: Annotated[UUID | None, Query(description="Which one of these.")] = None,
    channel: Annotated[Channel | None, Query(description="Only those sent this way.")] = None,
    state: Annotated[MessageState | None, Query(description="Only those in this state.")] = None,
    topic: Annotated[str | None, Query(max_length=63, examples=["billing"])] = None,
    recipient: Annotated[str | None, Query(max_length=320, description="Exactly so.")] = None,
) -> WantedMessages:
    """The filters of the request."""
    return WantedMessages(about, about_id, channel, state, topic, recipient)


@router.get(
    "",
    response_model=Listing[MessageSummaryOut],
    dependencies=[_may_read],
    summary="List messages",
)
async def list_messages(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    wanted: Annotated[WantedMessages, Depends(wanted)],
) -> dict[str, Any]:
    """List the messages that were sent to people, newest first."""
    found, total = await MessageService(tx).page(wanted, offset=page.offset, limit=page.per_page)
    return listing(found, page, total)


@router.get(
    "/{message_id}",
    response_model=Envelope[MessageOut],
    dependencies=[_may_read],
    summary="Read a message",
)
async def read_message(message_id: UUID, tx: Tx) -> dict[str, Any]:
    """Read a message with what it says."""
    return enveloped(await MessageService(tx).get(message_id))


@router.post(
    "/{message_id}/resend",
    response_model=Envelope[MessageOut],
    dependencies=[_may_write],
    status_code=201,
    summary="Send a message again",
)
async def resend_message(message_id: UUID, tx: Tx) -> dict[str, Any]:
    """Send a message that was sent or given up once more; the answer is the new message."""
    return enveloped(await MessageService(tx).resend(message_id))

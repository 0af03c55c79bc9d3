"""Reactions to facts about approvals."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import (
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRequested,
    EventConsumer,
    enqueue,
)
from dotmac_identity.approval_notices.service import TELL_DECIDERS, ApprovalNoticeService


@EventConsumer.handle("approvals.approval_requested")
async def on_approval_requested(event: ApprovalRequested, session: AsyncSession) -> None:
    """Tell those who may decide."""
    asked = {"approval_id": str(event.approval_id), "permission": event.permission}
    await enqueue(session, TELL_DECIDERS, asked)


@EventConsumer.handle("approvals.approval_decided")
async def on_approval_decided(event: ApprovalDecided, session: AsyncSession) -> None:
    """Tell who asked."""
    await ApprovalNoticeService(session).tell_requester(event.approval_id)


@EventConsumer.handle("approvals.approval_expired")
async def on_approval_expired(event: ApprovalExpired, session: AsyncSession) -> None:
    """Tell who asked."""
    await ApprovalNoticeService(session).tell_requester(event.approval_id, expired=True)


HANDLERS = (on_approval_requested, on_approval_decided, on_approval_expired)
"""One for each fact about approvals."""

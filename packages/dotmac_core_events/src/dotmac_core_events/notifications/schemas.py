"""The HTTP shapes of messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_events.notifications.message import Channel
from dotmac_core_events.notifications.state import MessageState
from dotmac_core_ops.http import ResponseModel


class MessageSummaryOut(ResponseModel):
    """A message as lists show one."""

    id: UUID
    channel: Channel
    recipient: str = Field(examples=["ann@example.com"])
    subject: str = Field(examples=["Your invoice INV-000123"])
    topic: str = Field(examples=["billing"])
    about_kind: str | None = Field(description="What it concerns.", examples=["customer"])
    about_id: UUID | None
    state: MessageState
    attempts: int = Field(description="How often it was tried.")
    error: str | None = Field(description="What the other side said last.")
    provider_id: str | None = Field(description="What the other side calls it.")
    resend_of: UUID | None = Field(description="The message that this one repeats.")
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="While it is queued.")
    sent_at: datetime | None


class MessageOut(MessageSummaryOut):
    """A message with what it says."""

    text: str | None = Field(description="Null once a secret, such as a code, was sent.")
    html: str | None
    language: str | None = Field(examples=["en"])
    is_secret: bool

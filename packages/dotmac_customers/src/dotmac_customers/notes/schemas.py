"""HTTP shapes of notes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel

Html = Annotated[
    str,
    Field(
        min_length=1,
        max_length=50_000,
        description="Paragraphs, lists, links and such; anything else is taken out.",
        examples=["<p>Wants to be called <strong>after six</strong>.</p>"],
    ),
]
Mentions = Annotated[list[UUID], Field(max_length=20, description="Users who shall be told.")]


class NoteIn(RequestModel):
    """A note about a customer."""

    html: Html
    is_pinned: bool = False
    is_private: bool = Field(False, description="For its author and `notes:private` only.")
    mentions: Mentions = []


class NoteChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    html: Html = ""
    is_pinned: bool = False
    is_private: bool = False
    mentions: Mentions = []

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class NoteOut(ResponseModel):
    """A note; its `html` is safe to show."""

    id: UUID
    customer_id: UUID
    html: str
    is_pinned: bool
    is_private: bool
    mentions: list[UUID]
    author: str
    version: int
    created_at: datetime
    updated_at: datetime


class NoteEditOut(ResponseModel):
    """What a note said until somebody changed it."""

    html: str
    edited_by: str
    edited_at: datetime

"""What this feature refuses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, NotFoundError


class SampleNoteNotFoundError(NotFoundError):
    """The tenant has no such note."""

    code = "SAMPLE_NOTE_NOT_FOUND"

    def __init__(self, note_id: UUID) -> None:
        super().__init__("There is no such note.", note_id=note_id)


class SampleNoteAlreadyArchivedError(ConflictError):
    """A note is archived once."""

    code = "SAMPLE_NOTE_ALREADY_ARCHIVED"

    def __init__(self, title: str, archived_at: datetime) -> None:
        super().__init__(f"{title!r} is archived already.", archived_at=archived_at)

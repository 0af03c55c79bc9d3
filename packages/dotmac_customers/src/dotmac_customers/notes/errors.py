"""Refusals about notes."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ForbiddenError, InvalidError, NotFoundError


class NoteNotFoundError(NotFoundError):
    """The customer has no such note that you may see."""

    code = "NOTE_NOT_FOUND"

    def __init__(self, note_id: UUID) -> None:
        super().__init__("There is no such note.", note_id=note_id)


class NoteEmptyError(InvalidError):
    """Nothing is left of the note but marks: write something."""

    code = "NOTE_EMPTY"

    def __init__(self) -> None:
        super().__init__("The note says nothing.")


class NoteNotYoursError(ForbiddenError):
    """Only who wrote a note changes what it says: write one of your own."""

    code = "NOTE_NOT_YOURS"

    def __init__(self) -> None:
        super().__init__("Only its author can change or remove this note.")

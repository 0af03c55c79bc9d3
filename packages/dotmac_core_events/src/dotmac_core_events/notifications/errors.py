"""Refusals about messages, and what keeps one from being delivered."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class InvalidMessageError(InvalidError):
    """A field of a message cannot be sent; the details name it."""

    code = "INVALID_MESSAGE"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}", field=field)


class MessageNotFoundError(NotFoundError):
    """The tenant has sent no such message, or it was removed with age."""

    code = "MESSAGE_NOT_FOUND"

    def __init__(self, message_id: UUID) -> None:
        super().__init__("There is no such message.", message_id=str(message_id))


class MessageErasedError(ConflictError):
    """What the message said was erased when it was sent; have a new link or code made."""

    code = "MESSAGE_ERASED"

    def __init__(self, message_id: UUID) -> None:
        super().__init__(
            "What this message said is erased; ask for a new one.", message_id=str(message_id)
        )


class MessageStillQueuedError(ConflictError):
    """The message is on its way; only one that was sent or given up is sent again."""

    code = "MESSAGE_STILL_QUEUED"

    def __init__(self, message_id: UUID) -> None:
        super().__init__("This message is still on its way.", message_id=str(message_id))


class UndeliverableError(Exception):
    """The other side will never take this message; its text says what that side answered."""

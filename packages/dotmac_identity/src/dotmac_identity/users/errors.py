"""Refusals about users."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class UserNotFoundError(NotFoundError):
    """The tenant has no such user."""

    code = "USER_NOT_FOUND"

    def __init__(self, user_id: UUID) -> None:
        super().__init__("There is no such user.", user_id=str(user_id))


class EmailTakenError(ConflictError):
    """Another user of the tenant has this e-mail address."""

    code = "EMAIL_TAKEN"

    def __init__(self, email: str) -> None:
        super().__init__("A user with this e-mail address exists already.", email=email)


class WeakPasswordError(InvalidError):
    """The password would be guessed too soon.

    `reason` is `too_short`, `too_long`, `own_words`, `leaked` or `too_easy`.
    """

    code = "WEAK_PASSWORD"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason=reason)


class LastOwnerError(ConflictError):
    """A tenant keeps at least one active owner, or nobody could ever give rights again."""

    code = "LAST_OWNER"

    def __init__(self) -> None:
        super().__init__("This is the last active owner; make somebody else owner first.")

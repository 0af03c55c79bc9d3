"""Refusals about signing in and refreshing."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import (
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
    UnauthenticatedError,
)


class InvalidCredentialsError(UnauthenticatedError):
    """E-mail, password or tenant are wrong, or the account is inactive or locked."""

    code = "INVALID_CREDENTIALS"

    def __init__(self) -> None:
        super().__init__("E-mail address or password are wrong, or the account is locked.")


class TenantRequiredError(InvalidError):
    """The installation has several tenants and the request names none."""

    code = "TENANT_REQUIRED"

    def __init__(self) -> None:
        super().__init__("Say which tenant to sign in to.")


class InvalidRefreshTokenError(UnauthenticatedError):
    """The refresh token is unknown, expired or revoked; sign in again."""

    code = "INVALID_REFRESH_TOKEN"

    def __init__(self) -> None:
        super().__init__("The refresh token is not valid; sign in again.")


class RefreshTokenReusedError(UnauthenticatedError):
    """The refresh token was used before, perhaps by a thief: the session has been ended."""

    code = "REFRESH_TOKEN_REUSED"

    def __init__(self) -> None:
        super().__init__("The refresh token was used before; the session has been ended.")


class SessionEndedError(UnauthenticatedError):
    """The session was ended, or the user deactivated, since the token was issued."""

    code = "SESSION_ENDED"

    def __init__(self) -> None:
        super().__init__("The session has ended; sign in again.")


class SessionNotFoundError(NotFoundError):
    """The user has no such open session."""

    code = "SESSION_NOT_FOUND"

    def __init__(self, session_id: UUID) -> None:
        super().__init__("There is no such open session.", session_id=str(session_id))


class TooManyAttemptsError(TooManyRequestsError):
    """Too many attempts to sign in failed from this address; wait."""

    code = "TOO_MANY_ATTEMPTS"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Too many attempts to sign in failed from your address; try again later.",
            retry_after_seconds=seconds,
        )

"""Refusals about API keys."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import InvalidError, NotFoundError, UnauthenticatedError


class ApiKeyNotFoundError(NotFoundError):
    """The tenant has no such API key."""

    code = "API_KEY_NOT_FOUND"

    def __init__(self, api_key_id: UUID) -> None:
        super().__init__("There is no such API key.", api_key_id=str(api_key_id))


class ApiKeyExpiryInPastError(InvalidError):
    """The key would have expired before it could be used."""

    code = "API_KEY_EXPIRY_IN_PAST"

    def __init__(self) -> None:
        super().__init__("The expiry is not in the future.")


class InvalidApiKeyError(UnauthenticatedError):
    """The API key is unknown, expired or revoked."""

    code = "INVALID_API_KEY"

    def __init__(self) -> None:
        super().__init__("The API key is not valid.")

"""Refusals about API keys."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)


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


class InvalidNetworkError(InvalidError):
    """An allow-list holds something that is no network, such as `203.0.113.0/24`."""

    code = "INVALID_NETWORK"

    def __init__(self, network: str) -> None:
        super().__init__(
            f"{network!r} is not a network; write an address or CIDR such as 203.0.113.0/24.",
            network=network,
        )


class ApiKeyAddressError(UnauthenticatedError):
    """The API key is not good from the address that the request came from."""

    code = "API_KEY_ADDRESS_REFUSED"

    def __init__(self) -> None:
        super().__init__("The API key cannot be used from this address.")


class ApiKeyEndedError(ConflictError):
    """The key is revoked or expired; issue a new one instead of rotating it."""

    code = "API_KEY_ENDED"

    def __init__(self, api_key_id: UUID) -> None:
        super().__init__("The key has ended; issue a new one.", api_key_id=str(api_key_id))


class InvalidApiKeyError(UnauthenticatedError):
    """The API key is unknown, expired or revoked, or who it belongs to was deactivated."""

    code = "INVALID_API_KEY"

    def __init__(self) -> None:
        super().__init__("The API key is not valid.")

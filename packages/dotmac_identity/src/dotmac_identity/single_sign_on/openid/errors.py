"""Refusals of what a provider answers, or does not."""

from __future__ import annotations

from dotmac_core_ops.errors import ForbiddenError, UnauthenticatedError, UnavailableError


class ProviderUnreachableError(UnavailableError):
    """The provider does not answer, or not as one should; `reason` says how. Try again."""

    code = "PROVIDER_UNREACHABLE"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The provider cannot be used: {reason}.", reason=reason)


class ProviderAnswerError(UnauthenticatedError):
    """What the provider answered does not prove who somebody is; `reason` says why not."""

    code = "PROVIDER_ANSWER_REFUSED"

    def __init__(self, reason: str) -> None:
        super().__init__("The provider's answer proves nothing.", reason=reason)


class UnknownSigningKeyError(ProviderAnswerError):
    """The ID token is signed with a key that is not among the provider's."""

    code = "PROVIDER_KEY_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("it is signed with a key that the provider does not have")


_SAID = frozenset(
    {
        *("access_denied", "login_required", "interaction_required", "consent_required"),
        *("account_selection_required", "temporarily_unavailable", "server_error"),
        *("invalid_request", "invalid_scope", "unauthorized_client", "unsupported_response_type"),
    }
)


class ProviderDeniedError(ForbiddenError):
    """The provider let nobody in; `reason` is the error it named (RFC 6749 section 4.1.2.1)."""

    code = "PROVIDER_DENIED"

    def __init__(self, error: str) -> None:
        # A text of our own choosing: what stands in the address may come from anybody.
        super().__init__(
            "The provider let you not in.", reason=error if error in _SAID else "other"
        )

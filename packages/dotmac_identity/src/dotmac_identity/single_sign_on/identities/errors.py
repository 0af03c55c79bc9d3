"""Refusals about who somebody at a provider is here."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, ForbiddenError, NotFoundError


class ProviderEmailNotVerifiedError(ForbiddenError):
    """The provider does not vouch for an address; have it verified there."""

    code = "PROVIDER_EMAIL_NOT_VERIFIED"

    def __init__(self) -> None:
        super().__init__("The provider does not vouch for your e-mail address; verify it there.")


class IdentityNotLinkedError(ForbiddenError):
    """An account has this address; sign in as before and link the provider in the profile."""

    code = "IDENTITY_NOT_LINKED"

    def __init__(self) -> None:
        super().__init__("Sign in as before and link this provider in your profile.")


class NotInvitedError(ForbiddenError):
    """Nobody invited this address, and the organisation lets in only who was invited."""

    code = "NOT_INVITED"

    def __init__(self) -> None:
        super().__init__("Nobody has invited you; ask your organisation for an invitation.")


class AccountDeactivatedError(ForbiddenError):
    """The account was deactivated; only an administrator of the organisation can change that."""

    code = "ACCOUNT_DEACTIVATED"

    def __init__(self) -> None:
        super().__init__("Your account was deactivated.")


class IdentityLinkedElsewhereError(ConflictError):
    """Another account is linked to this identity; unlink it there first."""

    code = "IDENTITY_LINKED_ELSEWHERE"

    def __init__(self) -> None:
        super().__init__("Another account is linked to this identity; unlink it there first.")


class LinkedIdentityNotFoundError(NotFoundError):
    """The user has no such linked identity."""

    code = "LINKED_IDENTITY_NOT_FOUND"

    def __init__(self, identity_id: UUID) -> None:
        super().__init__("There is no such linked identity.", identity_id=str(identity_id))


class RecentSignInRequiredError(ForbiddenError):
    """Who has no password must have signed in within ten minutes: sign in again."""

    code = "RECENT_SIGN_IN_REQUIRED"

    def __init__(self) -> None:
        super().__init__("Sign in again, and link the provider within ten minutes.")

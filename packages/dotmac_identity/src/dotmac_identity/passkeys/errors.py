"""Refusals about passkeys."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class PasskeyNotFoundError(NotFoundError):
    """The user has no such passkey."""

    code = "PASSKEY_NOT_FOUND"

    def __init__(self, passkey_id: UUID) -> None:
        super().__init__("There is no such passkey.", passkey_id=str(passkey_id))


class PasskeyExistsError(ConflictError):
    """This passkey was added before; use it, or take another device."""

    code = "PASSKEY_EXISTS"

    def __init__(self) -> None:
        super().__init__("This passkey was added before.")


class TooManyPasskeysError(ConflictError):
    """Nobody has more passkeys than that; remove one first."""

    code = "TOO_MANY_PASSKEYS"

    def __init__(self, most: int) -> None:
        super().__init__(f"Nobody has more than {most} passkeys; remove one first.", most=most)


class InvalidPasskeyError(InvalidError):
    """The new passkey was made for another site or account, too late, or cannot be verified.

    Ask for new options and try again.
    """

    code = "INVALID_PASSKEY"

    def __init__(self) -> None:
        super().__init__("The passkey could not be added; start anew.")


class NoDomainForPasskeysError(ConflictError):
    """Passkeys belong to a domain, and people reach this installation at an address without one.

    Set `PUBLIC_URL` to a name, or prove a domain of the tenant's own.
    """

    code = "NO_DOMAIN_FOR_PASSKEYS"

    def __init__(self) -> None:
        super().__init__("Passkeys need a domain name; this installation is reached without one.")


class NoPasskeyHereError(ConflictError):
    """There is no passkey for the site that asks; show another second factor."""

    code = "NO_PASSKEY_HERE"

    def __init__(self) -> None:
        super().__init__("You have no passkey for this site; use another second factor.")

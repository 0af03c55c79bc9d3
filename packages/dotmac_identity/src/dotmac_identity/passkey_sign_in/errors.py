"""Refusals about signing in with a passkey."""

from __future__ import annotations

from dotmac_core_ops.errors import UnauthenticatedError


class PasskeyRefusedError(UnauthenticatedError):
    """The passkey is not known here, was used too late or twice, or the account is locked."""

    code = "PASSKEY_REFUSED"

    def __init__(self) -> None:
        super().__init__("The passkey was not accepted; try again, or sign in otherwise.")

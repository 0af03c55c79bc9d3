"""Refusals about sign-ins under way."""

from __future__ import annotations

from dotmac_core_ops.errors import UnauthenticatedError


class InvalidSignInFlowError(UnauthenticatedError):
    """The sign-in was begun in another browser, is over, or took too long; begin it again."""

    code = "INVALID_SIGN_IN_FLOW"

    def __init__(self) -> None:
        super().__init__("The sign-in took too long or was begun elsewhere; begin it again.")

"""Refusals about the second step of signing in."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from dotmac_identity.second_step.challenge import NewChallenge


class SecondFactorRequiredError(ForbiddenError):
    """The password was right; send the `challenge` back with a second factor.

    `methods` says which there are, `expires_in` for how many seconds the challenge is good.
    """

    code = "SECOND_FACTOR_REQUIRED"

    def __init__(self, challenge: NewChallenge) -> None:
        super().__init__(
            "A second factor is needed.",
            challenge=challenge.token,
            methods=list(challenge.methods),
            expires_in=challenge.expires_in,
        )


class InvalidSecondFactorError(UnauthenticatedError):
    """The code or the challenge are wrong, used or expired, or the account is locked."""

    code = "INVALID_SECOND_FACTOR"

    def __init__(self) -> None:
        super().__init__("The code is not right, or it is too late; try again or start anew.")


class RememberedDeviceNotFoundError(NotFoundError):
    """The user has no such remembered device."""

    code = "REMEMBERED_DEVICE_NOT_FOUND"

    def __init__(self, device_id: UUID) -> None:
        super().__init__("There is no such remembered device.", device_id=str(device_id))

"""Refusals about verifying addresses."""

from __future__ import annotations

from dotmac_core_ops.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
)
from dotmac_customers.verification.terms import VerificationKind


class NothingToVerifyError(InvalidError):
    """The customer has no such address, or one that cannot be written to; enter it first."""

    code = "NOTHING_TO_VERIFY"

    def __init__(self, kind: VerificationKind) -> None:
        super().__init__(f"The customer has no {kind.value} that can be verified.", kind=kind.value)


class AlreadyVerifiedError(ConflictError):
    """The customer's present address is verified."""

    code = "ALREADY_VERIFIED"

    def __init__(self, kind: VerificationKind) -> None:
        super().__init__(f"The present {kind.value} is verified.", kind=kind.value)


class AddressReturnsMailError(ConflictError):
    """Messages to this address came back or were complained of; see /suppressed-addresses."""

    code = "ADDRESS_SUPPRESSED"

    def __init__(self) -> None:
        super().__init__("This address is not written to; take it off the list first.")


class TooManyVerificationsError(TooManyRequestsError):
    """A code was asked for too often; the details say when the next may be."""

    code = "TOO_MANY_VERIFICATIONS"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(
            "Too many codes were asked for. Try again later.",
            retry_after_seconds=retry_after_seconds,
        )


class VerificationCodeWrongError(InvalidError):
    """The code is wrong, was used, or is too old; ask for a new one when no attempt is left."""

    code = "VERIFICATION_CODE_WRONG"

    def __init__(self, attempts_left: int) -> None:
        super().__init__("This code is not valid.", attempts_left=attempts_left)


class VerificationLinkInvalidError(NotFoundError):
    """The link is not one that was sent, or not valid any more; ask for a new one."""

    code = "VERIFICATION_LINK_INVALID"

    def __init__(self) -> None:
        super().__init__("This link is not valid (any more). Ask for a new one.")


class VerificationLinkUsedError(ConflictError):
    """The link was used; the address it was sent to is verified."""

    code = "VERIFICATION_LINK_USED"

    def __init__(self) -> None:
        super().__init__("This link was used. Nothing more needs to be done.")


class NoPendingVerificationError(NotFoundError):
    """Nothing is waiting to be verified."""

    code = "NO_PENDING_VERIFICATION"

    def __init__(self, kind: VerificationKind) -> None:
        super().__init__(f"No verification of the {kind.value} is pending.", kind=kind.value)

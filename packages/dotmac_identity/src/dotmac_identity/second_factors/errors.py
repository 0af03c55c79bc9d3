"""Refusals about second factors."""

from __future__ import annotations

from dotmac_core_ops.errors import ConflictError, InvalidError


class FactorExistsError(ConflictError):
    """An authenticator app is set up already; remove it before another one is set up."""

    code = "SECOND_FACTOR_EXISTS"

    def __init__(self) -> None:
        super().__init__("An authenticator app is set up already; remove it first.")


class NoFactorError(ConflictError):
    """There is no second factor; set one up first."""

    code = "NO_SECOND_FACTOR"

    def __init__(self) -> None:
        super().__init__("There is no second factor; set one up first.")


class WrongEnrolmentCodeError(InvalidError):
    """The code is not one that the app shows for the new secret; look at the device's clock."""

    code = "WRONG_ENROLMENT_CODE"

    def __init__(self) -> None:
        super().__init__(
            "This is not the code that your app shows now. Make sure its clock is right."
        )

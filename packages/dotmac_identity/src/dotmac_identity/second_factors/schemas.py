"""HTTP shapes of second factors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.users.schemas import Password

Code = Annotated[SecretStr, Field(min_length=1, max_length=64, examples=["492039"])]


class FactorStatusOut(ResponseModel):
    """What one has set up."""

    totp_confirmed_at: datetime | None = Field(description="Since when an app is asked for.")
    passkeys: int = Field(examples=[2])
    recovery_codes_left: int = Field(examples=[10])


class BeginTotpIn(RequestModel):
    """The password, which says that it is really the owner who asks."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    password: Password


class NewTotpOut(ResponseModel):
    """The secret for the app, as text, as address and as picture."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    uri: str = Field(examples=["otpauth://totp/North%20Net:ann%40example.com?secret=JBSWY3DP"])
    qr_svg: str = Field(description="The address as a QR code: an SVG element.")


class FactorCodeIn(RequestModel):
    """A code of the app, or a recovery code where one is enough."""

    code: Code


class RecoveryCodesOut(ResponseModel):
    """Ten codes, each good once; they cannot be had again."""

    recovery_codes: tuple[str, ...] = Field(examples=[["ab2d-efgh-jk3m-npqr"]])


class SecondFactorRulesIn(RequestModel):
    """Who of the staff has to have a second factor."""

    everybody: bool = False
    roles: list[Annotated[str, Field(min_length=1, max_length=63)]] = Field(
        default_factory=list, max_length=50, examples=[["owner", "admin"]]
    )


class SecondFactorRulesOut(ResponseModel):
    """Who of the staff has to have a second factor."""

    everybody: bool
    roles: tuple[str, ...] = Field(examples=[["admin", "owner"]])

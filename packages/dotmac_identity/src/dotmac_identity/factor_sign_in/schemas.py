"""HTTP shapes of the second step."""

from __future__ import annotations

from pydantic import Field, SecretStr

from dotmac_core_ops.http import RequestModel
from dotmac_identity.authentication.schemas import TokensOut


class SecondFactorIn(RequestModel):
    """The challenge of the first step, and what the app shows or stands on the paper."""

    challenge: SecretStr = Field(
        max_length=200, examples=["dmc_0192f0c15e7a7000800000000000000a_" + "A" * 43]
    )
    code: SecretStr = Field(min_length=1, max_length=64, examples=["492039"])
    remember_device: bool = Field(
        False, description="Ask for the password alone on this device for 30 days."
    )


class SignedInOut(TokensOut):
    """The tokens, and what the device sends along from now on if it shall be remembered."""

    device_token: str | None = None

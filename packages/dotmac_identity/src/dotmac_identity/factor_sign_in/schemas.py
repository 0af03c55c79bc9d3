"""HTTP shapes of the second step."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, SecretStr, model_validator

from dotmac_core_ops.http import RequestModel
from dotmac_identity.authentication.schemas import TokensOut
from dotmac_identity.passkeys.schemas import AssertionIn

_CHALLENGE = "dmc_0192f0c15e7a7000800000000000000a_" + "A" * 43

Challenge = Annotated[SecretStr, Field(max_length=200, examples=[_CHALLENGE])]


class SecondFactorIn(RequestModel):
    """The challenge of the first step; with it a code of app or paper, or what a passkey signed."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        frozen=True,
        json_schema_extra={"examples": [{"challenge": _CHALLENGE, "code": "492039"}]},
    )

    challenge: Challenge
    code: SecretStr | None = Field(None, min_length=1, max_length=64, examples=["492039"])
    passkey: AssertionIn | None = None
    remember_device: bool = Field(
        False, description="Ask for the password alone on this device for 30 days."
    )

    @model_validator(mode="after")
    def _is_one(self) -> SecondFactorIn:
        if (self.code is None) is (self.passkey is None):
            raise ValueError("send either a code or a passkey")
        return self

    def proof(self) -> str | dict[str, Any]:
        """The code, or what the passkey signed."""
        if self.passkey is not None:
            return self.passkey.content()
        assert self.code is not None
        return self.code.get_secret_value()


class PasskeyStepIn(RequestModel):
    """The challenge of the first step."""

    challenge: Challenge


class SignedInOut(TokensOut):
    """The tokens, and what the device sends along from now on if it shall be remembered."""

    device_token: str | None = None

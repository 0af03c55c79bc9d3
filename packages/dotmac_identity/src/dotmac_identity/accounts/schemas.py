"""HTTP shapes of one's own account."""

from __future__ import annotations

from pydantic import ConfigDict, Field, SecretStr

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.users.schemas import Password, UserOut


class OwnAccountOut(UserOut):
    """One's own account."""

    locale: str = Field(examples=["en"])
    time_zone: str | None = Field(description="IANA name; without one, the tenant's.")
    email_asked_for: str | None = Field(description="An address that waits to be confirmed.")


class ProfileIn(RequestModel):
    """What shall be different; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=200, examples=["Ann Berg"])
    locale: str | None = Field(None, min_length=2, max_length=12, examples=["sv"])
    time_zone: str | None = Field(None, max_length=64, examples=["Europe/Stockholm"])


class EmailIn(RequestModel):
    """The address wanted, and the password that says who asks."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    email: str = Field(min_length=3, max_length=254, examples=["ann@new.example"])
    password: Password


class PasswordChangeIn(RequestModel):
    """The present password and the next."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    current_password: Password
    new_password: Password


class ForgottenIn(RequestModel):
    """Whose password is forgotten, and where."""

    email: str = Field(min_length=1, max_length=320, examples=["ann@example.com"])
    tenant: str | None = Field(
        None,
        max_length=63,
        description="Short name of the tenant; needed when the installation has several.",
        examples=["acme"],
    )


class ForgottenOut(ResponseModel):
    """The same for everybody, whether there is such an account or not."""

    accepted: bool = Field(examples=[True])


class TokenIn(RequestModel):
    """What stood after `#token=` in the link."""

    token: SecretStr = Field(
        max_length=200, examples=["dme_0192f0c15e7a7000800000000000000a_" + "A" * 43]
    )


class ResetIn(RequestModel):
    """What stood after `#token=` in the link, and the new password."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    token: SecretStr = Field(
        max_length=200, examples=["dmp_0192f0c15e7a7000800000000000000a_" + "A" * 43]
    )
    password: Password


class DoneOut(ResponseModel):
    """It is done."""

    done: bool = Field(examples=[True])

"""HTTP shapes of signing in."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field

from dotmac_core_ops.http import RequestModel, ResponseModel

_PASSWORD_EXAMPLE = "correct horse battery staple"  # noqa: S105 (an example for the reference)


class SignInIn(RequestModel):
    """Who signs in, and where."""

    # A password is taken as it is, spaces at its ends included.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)

    email: str = Field(min_length=1, max_length=320, examples=["ann@example.com"])
    password: str = Field(min_length=1, max_length=1024, examples=[_PASSWORD_EXAMPLE])
    tenant: str | None = Field(
        None,
        max_length=253,
        description="Short name or own domain of the tenant; needed where there are several.",
        examples=["north-net"],
    )
    device_token: str | None = Field(
        None,
        max_length=200,
        description="What a remembered device was given; it is asked for no second factor.",
    )


class RefreshIn(RequestModel):
    """A refresh token to be exchanged."""

    refresh_token: str = Field(min_length=1, max_length=200)


class TokensOut(ResponseModel):
    """An access token for `Authorization: Bearer`, and a refresh token that is good once."""

    access_token: str
    refresh_token: str | None = Field(description="Null where it travels in a cookie.")
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="Seconds for which the access token is good.")


class PrincipalOut(ResponseModel):
    """Who is signed in, and what they may do."""

    tenant_id: UUID
    subject: str
    kind: str = Field(examples=["user"])
    name: str
    permissions: list[str]
    customer_id: UUID | None = Field(description="Whose data a customer in the portal may see.")


class SignedOutOut(ResponseModel):
    """Whether this session has ended."""

    signed_out: bool

"""HTTP shapes of providers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.single_sign_on.providers.models import Joining

_OPENID = "openid"


def _with_openid(scopes: list[str]) -> list[str]:
    if _OPENID not in scopes:
        raise ValueError("must hold `openid`, without which no provider says who somebody is")
    return scopes


Name = Annotated[str, Field(min_length=1, max_length=100, examples=["North Net"])]
ClientId = Annotated[str, Field(min_length=1, max_length=500, examples=["dotmac"])]
ClientSecret = Annotated[
    SecretStr,
    Field(max_length=2000, description="Kept sealed and never shown; null for a public client."),
]
Address = Annotated[str, Field(max_length=2000)]
Scope = Annotated[str, Field(max_length=200, pattern=r"^[\x21\x23-\x5B\x5D-\x7E]+$")]
Scopes = Annotated[list[Scope], Field(max_length=30), AfterValidator(_with_openid)]
Domain = Annotated[str, Field(min_length=3, max_length=253, examples=["north-net.example"])]
RoleName = Annotated[str, Field(min_length=1, max_length=63, examples=["viewer"])]
RoleList = Annotated[list[RoleName], Field(max_length=20)]
Claim = Annotated[str, Field(min_length=1, max_length=300, examples=["groups"])]
Value = Annotated[str, Field(min_length=1, max_length=300)]
MaxAge = Annotated[int, Field(ge=60, le=30 * 24 * 3600, examples=[43200])]


class RoleForValueIn(RequestModel):
    """A value of the claim, and the role that it gives."""

    value: Value = Field(examples=["billing-department"])
    role: RoleName


RoleMap = Annotated[list[RoleForValueIn], Field(max_length=200)]


class SignInProviderIn(RequestModel):
    """A provider of identities (OpenID Connect) that people shall sign in by."""

    name: Name
    issuer: Address = Field(
        min_length=8,
        description="As the provider writes it in its description; it never changes.",
        examples=["https://login.north-net.example"],
    )
    client_id: ClientId
    client_secret: ClientSecret | None = None
    scopes: Scopes = Field([_OPENID, "email", "profile"])
    logo_url: Address | None = Field(None, examples=["https://north-net.example/logo.png"])
    is_enabled: bool = True
    joining: Joining = Field(Joining.INVITED, description="Who gets an account that has none yet.")
    email_domains: list[Domain] = Field(
        default_factory=list,
        max_length=50,
        description="With `joining: anybody`, only addresses of these; empty for all.",
    )
    links_by_email: bool = Field(
        False, description="Somebody who has an account is known by a verified address."
    )
    trusts_email: bool = Field(
        False,
        description="Addresses count as verified where the provider does not say. Only for a "
        "directory whose addresses your organisation itself gives out.",
    )
    default_roles: RoleList = Field(
        default_factory=list, description="What somebody may do who joins."
    )
    role_claim: Claim | None = Field(
        None, description="Roles are set by this claim at each sign-in; dots lead into claims."
    )
    role_map: RoleMap = Field(default_factory=list)
    second_factor_amr: list[Value] = Field(
        default_factory=list,
        max_length=20,
        description="Values of `amr` that count as a second factor shown.",
        examples=[["mfa"]],
    )
    second_factor_acr: list[Value] = Field(
        default_factory=list,
        max_length=20,
        description="Values of `acr` that count as a second factor shown; they are asked for.",
    )
    max_age_seconds: MaxAge | None = Field(
        None, description="How long ago somebody may have signed in at the provider."
    )

    def values(self) -> dict[str, Any]:
        """All but the issuer, for the service."""
        return _plain(self, set(type(self).model_fields) - {"issuer"})


class SignInProviderChangeIn(RequestModel):
    """What shall be different; null takes away what a provider need not have."""

    name: Name | None = None
    client_id: ClientId | None = None
    client_secret: ClientSecret | None = None
    scopes: Scopes | None = None
    logo_url: Address | None = None
    is_enabled: bool | None = None
    joining: Joining | None = None
    email_domains: list[Domain] | None = Field(None, max_length=50)
    links_by_email: bool | None = None
    trusts_email: bool | None = None
    default_roles: RoleList | None = None
    role_claim: Claim | None = None
    role_map: RoleMap | None = None
    second_factor_amr: list[Value] | None = Field(None, max_length=20)
    second_factor_acr: list[Value] | None = Field(None, max_length=20)
    max_age_seconds: MaxAge | None = None

    def changes(self) -> dict[str, Any]:
        """The parts that were given, for the service."""
        given = _plain(self, self.model_fields_set)
        return {
            name: value for name, value in given.items() if value is not None or name in _NEED_NOT
        }


_NEED_NOT = {"client_secret", "logo_url", "role_claim", "max_age_seconds"}


class RoleForValueOut(ResponseModel):
    """A value of the claim, and the role that it gives."""

    value: str
    role: str


class SignInProviderOut(ResponseModel):
    """A provider as it is set up; the client's secret is never shown."""

    id: UUID
    name: str
    issuer: str
    client_id: str
    has_client_secret: bool
    scopes: list[str]
    logo_url: str | None
    is_enabled: bool
    joining: Joining
    email_domains: list[str]
    links_by_email: bool
    trusts_email: bool
    default_roles: list[str]
    role_claim: str | None
    role_map: list[RoleForValueOut]
    second_factor_amr: list[str]
    second_factor_acr: list[str]
    max_age_seconds: int | None
    redirect_uri: str = Field(
        description="Register this address at the provider.",
        examples=["https://my.example/api/v1/auth/single-sign-on/…/…/callback"],
    )
    created_at: datetime
    updated_at: datetime


class SignInProviderRemovedOut(ResponseModel):
    """Nothing is left to be said."""

    removed: bool


class ProviderReportOut(ResponseModel):
    """What the provider says of itself, read just now."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    algorithms: list[str] = Field(examples=[["RS256"]])
    keys: int = Field(description="How many keys it signs with.", examples=[2])
    supports_pkce: bool
    names_itself: bool = Field(description="Its answers say who answers (RFC 9207).")


class SignInChoiceOut(ResponseModel):
    """A button of the sign-in page."""

    id: UUID
    name: str
    logo_url: str | None
    start_url: str = Field(
        description="Where the button leads.",
        examples=["https://my.example/api/v1/auth/single-sign-on/…/…/start"],
    )


def _plain(model: RequestModel, names: set[str]) -> dict[str, Any]:
    found = {name: getattr(model, name) for name in names}
    secret = found.get("client_secret")
    if isinstance(secret, SecretStr):
        found["client_secret"] = secret.get_secret_value()
    return found

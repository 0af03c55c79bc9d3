"""Providers as people see them; a client's secret is never among it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class RoleForValue:
    """The role that everybody has whose claim holds the value."""

    value: str
    role: str


@dataclass(frozen=True)
class ProviderView:
    """A provider as its administrator sees it; `redirect_uri` is what to register there."""

    id: UUID
    name: str
    issuer: str
    client_id: str
    has_client_secret: bool
    scopes: tuple[str, ...]
    logo_url: str | None
    is_enabled: bool
    joining: str
    email_domains: tuple[str, ...]
    links_by_email: bool
    trusts_email: bool
    default_roles: tuple[str, ...]
    role_claim: str | None
    role_map: tuple[RoleForValue, ...]
    second_factor_amr: tuple[str, ...]
    second_factor_acr: tuple[str, ...]
    max_age_seconds: int | None
    redirect_uri: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class SignInChoice:
    """A provider on the sign-in page; `start_url` is where its button leads."""

    id: UUID
    name: str
    logo_url: str | None
    start_url: str


@dataclass(frozen=True)
class ProviderReport:
    """What a provider says of itself; `keys` is how many it signs with."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    algorithms: tuple[str, ...]
    keys: int
    supports_pkce: bool
    names_itself: bool


@dataclass(frozen=True)
class ProviderSetup:
    """What is needed to speak with a provider."""

    provider_id: UUID
    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    scopes: tuple[str, ...]
    redirect_uri: str
    contexts: tuple[str, ...] = ()
    max_age_seconds: int | None = None
    role_claim: str | None = None

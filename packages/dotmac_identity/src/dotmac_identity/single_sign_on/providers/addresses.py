"""The addresses under which a provider is started and answers."""

from __future__ import annotations

from uuid import UUID

_API = "/api/v1/auth/single-sign-on"

LANDING_PAGE = "/sign-in/single-sign-on"
"""The page of the app that takes over; what it needs to know stands after the `#`."""


def start_url(base_url: str, tenant_id: UUID, provider_id: UUID) -> str:
    """Where the button of a provider leads."""
    return f"{base_url}{_API}/{tenant_id}/{provider_id}/start"


def redirect_uri(base_url: str, tenant_id: UUID, provider_id: UUID) -> str:
    """Where a provider sends people back: the address to be registered there.

    Each provider has its own, so that the answer of one is never taken for that of another (RFC
    9700 section 4.4.2.2). `base_url` is the tenant's proved domain or the setting PUBLIC_URL, and
    nothing that a request says.
    """
    return f"{base_url}{_API}/{tenant_id}/{provider_id}/callback"

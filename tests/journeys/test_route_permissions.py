"""Every door of the served application asks for a key, or stands on this list."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from dotmac_api_gateway.routing import GatewayRoute
from dotmac_core_ops.settings import Settings
from dotmac_identity import SYSTEM_ROLES, Passwords, RoleCatalogue
from dotmac_identity.testing import PASSWORD, Organisation
from dotmac_platform.application import build, openapi_document, permissions
from tests.journeys.site import UNLIMITED, Site, code_of

PUBLIC = {
    **{
        f"/api/v1{door}/auth/{path}": why
        for door in ("", "/portal")
        for path, why in {
            "sign-in": "it is how one becomes known",
            "second-factor": "the challenge in the body says who asks",
            "second-factor/passkey-options": "the challenge in the body says who asks",
            "passkey/options": "whoever signs in by a passkey alone names nobody",
            "passkey": "the signature in the body says who signs in",
            "refresh": "the refresh token in the body says who asks",
            "password/forgotten": "whoever forgot it cannot sign in; all get the same answer",
            "password/reset": "the link's token in the body says who asks",
            "email/confirm": "the link's token in the body says who asks",
            "email/undo": "the link's token in the body says who asks",
            "invitations/accept": "the link's token in the body says who was invited",
        }.items()
    },
    "/api/v1/auth/single-sign-on": "the sign-in page shows what one can sign in by",
    "/api/v1/auth/single-sign-on/{tenant_id}/{provider_id}/start": "one is not known yet",
    "/api/v1/auth/single-sign-on/{tenant_id}/{provider_id}/callback": "the cookie says who",
    "/api/v1/auth/single-sign-on/finish": "the code and the cookie say who asks",
    "/api/v1/customers/verify-email": "the token of the link says whose address it is",
    "/api/v1/customer-documents/download/{ticket}": "the link is signed, for minutes",
    "/api/v1/data-requests/download/{ticket}": "the link is signed, for minutes",
    "/api/v1/unsubscribe": "the token of the link is signed",
    "/api/v1/branding/{tenant_id}/{image}": "logos, for messages and sign-in pages",
    "/api/v1/tenant-exports/{tenant_id}/{export_id}/{signature}": "the signature says who may",
    "/docs": "the description of the API, without data",
    "/docs/assets/{name}": "files of the description",
    "/health": "for load balancers",
    "/health/live": "for load balancers",
    "/health/ready": "for load balancers",
    "/metrics": "has a rule of its own: this machine, or the token",
    "/openapi.json": "the description of the API, without data",
    "/redoc": "the description of the API, without data",
}


async def test_nothing_is_served_without_a_requirement(site: Site) -> None:
    open_doors = {
        getattr(route, "path", repr(route))
        for route in site.app.routes
        if not isinstance(route, GatewayRoute) or route.requirement is None
    }

    assert open_doors <= set(PUBLIC)


async def test_no_route_answers_a_stranger_with_data(site: Site) -> None:
    async with site.client(site.first) as client:
        client.headers.pop("Authorization")
        for path, operations in site.app.openapi()["paths"].items():
            for method in operations:
                if path in PUBLIC:
                    continue
                answer = await client.request(method.upper(), path)
                assert answer.status_code == 401, f"{method} {path}"


UUID_OF_NOTHING = "00000000-0000-7000-8000-000000000000"
REFUSALS = {"PERMISSION_DENIED", "WRONG_AUDIENCE"}


@dataclass(frozen=True)
class Door:
    """An operation of the API, and the permission it asks for."""

    method: str
    path: str
    permission: str

    @property
    def url(self) -> str:
        """An address that is there, of a thing that is not."""
        return re.sub(r"\{[^}]+\}", UUID_OF_NOTHING, self.path)


def doors(document: dict[str, Any]) -> list[Door]:
    return [
        Door(method.upper(), path, operation["x-permission"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "x-permission" in operation
    ]


@pytest.fixture
async def staff(site: Site) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client for each system role, signed in with a password to an organisation of their own."""
    settings = Settings(
        environment="test",
        secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"),
        api_rate_limit=UNLIMITED,
        api_rate_limit_anonymous=UNLIMITED,
    )
    app = build(settings, site.database)
    organisation = await Organisation.founded(site.database, Passwords())
    async with AsyncExitStack() as stack:
        clients = {}
        for role in SYSTEM_ROLES:
            await organisation.employs(f"one-{role}", role)
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://site.example"
            )
            await stack.enter_async_context(client)
            body = {
                "email": f"one-{role}@example.com",
                "password": PASSWORD,
                "tenant": organisation.profile.slug,
            }
            answer = await client.post("/api/v1/auth/sign-in", json=body)
            client.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"
            clients[role] = client
        yield clients


@pytest.mark.journey
async def test_every_role_enters_exactly_where_the_catalogue_says(
    site: Site, staff: dict[str, httpx.AsyncClient]
) -> None:
    catalogue = RoleCatalogue.of(permissions())
    seen: dict[str, set[bool]] = {}
    problems = []

    for door in doors(site.app.openapi()):
        for role, client in staff.items():
            answer = await client.request(door.method, door.url, headers={"If-Match": "*"})
            code = code_of(answer)
            entered = not (answer.status_code == 403 and code in REFUSALS)
            for_portal = door.permission.startswith("portal:")
            granted = catalogue.granted([role])
            allowed = not for_portal and bool({door.permission, "*"} & granted)
            seen.setdefault(role, set()).add(entered)
            if entered is not allowed or answer.status_code >= 500:
                problems.append(f"{role}: {door.method} {door.path}: {answer.status_code} {code}")

    assert problems == []
    assert seen["viewer"] == seen["support"] == seen["billing"] == {True, False}


def test_who_only_looks_changes_nothing_and_who_supports_does_not_administer() -> None:
    catalogue = RoleCatalogue.of(permissions())
    doors_of = {
        role: {
            (door.method, door.path)
            for door in doors(openapi_document())
            if {door.permission, "*"} & catalogue.granted([role])
        }
        for role in SYSTEM_ROLES
    }
    looks = {method for method, _ in doors_of["viewer"]}
    administers = {path for _, path in doors_of["support"] | doors_of["billing"]}

    assert doors_of["viewer"] < doors_of["admin"] <= doors_of["owner"]
    assert looks <= {"GET", "POST"}  # a preview is sent with POST, and writes nothing
    for path in ("/users", "/roles", "/api-keys", "/service-accounts", "/audit"):
        assert f"/api/v1{path}" not in administers

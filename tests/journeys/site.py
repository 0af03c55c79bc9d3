"""The whole platform, served in process to two tenants: one with years of bills, one with none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import httpx
from fastapi import FastAPI, Request
from sqlalchemy import text

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_identity import FirstOwner, TenantService
from dotmac_platform.application import build
from dotmac_platform.samples import create_sample

UNLIMITED = 1_000_000_000
PASSWORD = "correct horse battery staple"
CUSTOMERS = 12


def code_of(answer: httpx.Response) -> str | None:
    """The stable code of a refusal, from the envelope or, in another protocol, from the header."""
    if not answer.is_error:
        return None
    found: str = answer.headers.get("X-Error-Code") or answer.json()["error"]["code"]
    return found


@dataclass(frozen=True)
class Site:
    """The application, and the owners of the two tenants."""

    app: FastAPI
    database: Database
    first: Principal
    second: Principal

    def client(self, principal: Principal) -> httpx.AsyncClient:
        """A client that is signed in as `principal`."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://site.example",
            headers={"Authorization": f"Bearer {principal.subject}"},
        )


async def open_site(database: Database) -> Site:
    """Make both tenants in `database` and serve them.

    Who is signed in is told by the name of the principal alone: what is tried here is what owners
    may do, and it must not end with the first sign-out that is tried.
    """
    first = await _owner(database, await create_sample(database, PASSWORD, customers=CUSTOMERS))
    second = await _owner(database, await _newcomer(database))
    known = {principal.subject: principal for principal in (first, second)}

    async def authenticate(request: Request) -> Principal | None:
        return known.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    app = build(
        Settings(environment="test", api_rate_limit=UNLIMITED, api_rate_limit_anonymous=UNLIMITED),
        database,
    )
    app.state.authenticate = authenticate
    return Site(app, database, first, second)


async def _newcomer(database: Database) -> UUID:
    tenant_id = new_id()
    async with database.transaction(tenant_id) as session:
        await TenantService.within(session).create(
            slug="newcomer",
            name="Newcomer",
            currency="EUR",
            time_zone="Europe/Lisbon",
            country="PT",
            owner=FirstOwner("owner@newcomer.example", "New Owner", PASSWORD),
        )
    return tenant_id


async def _owner(database: Database, tenant_id: UUID) -> Principal:
    async with database.transaction(tenant_id) as session:
        user_id = await session.scalar(text("SELECT id FROM identity.users ORDER BY id LIMIT 1"))
    return Principal(tenant_id, str(user_id), "user", "Owner", frozenset({"*"}))

"""An organisation with two customers, served, and people who sign in for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

import dotmac_identity
from dotmac_api_gateway import create_app
from dotmac_core_events import inline_handlers
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer, PostalAddress, module
from dotmac_identity import Authenticator
from dotmac_identity.testing import PASSWORD, Organisation, cheap_passwords

ANN = {"email": "Ann@Example.com", "name": "Ann", "permissions": ["portal:profile"]}


@dataclass
class Site:
    """An organisation with two customers, served."""

    client: httpx.AsyncClient
    organisation: Organisation
    sink: MailSink
    customer_id: UUID
    other_id: UUID
    owner: dict[str, str]

    async def signed_in(self, door: str, email: str, password: str = PASSWORD) -> httpx.Response:
        """An attempt to sign in at `/auth` or `/portal/auth`."""
        body = {"email": email, "password": password, "tenant": self.organisation.profile.slug}
        return await self.client.post(f"{door}/sign-in", json=body)

    async def invited(self, customer_id: UUID, **values: object) -> dict[str, Any]:
        """An invitation of the customer's."""
        answer = await self.client.post(
            f"/customers/{customer_id}/portal-accounts/invitations",
            headers=self.owner,
            json={**ANN, **values},
        )
        assert answer.status_code == 201, answer.text
        invitation: dict[str, Any] = answer.json()["data"]
        return invitation

    async def token(self) -> str:
        """The token of the only link in the mail that arrives now."""
        profile = self.organisation.profile
        mails = await self.sink.deliver_messages(Tenant(profile.id, profile.slug))
        [link] = [link for mail in mails for link in mail.links]
        assert link.startswith("https://my.example/portal/accept-invitation#token=dmi_")
        return urlsplit(link).fragment.removeprefix("token=")

    async def joins(self, customer_id: UUID, **values: object) -> dict[str, str]:
        """Invite somebody, who accepts: the headers they are known by then."""
        await self.invited(customer_id, **values)
        body = {"token": await self.token(), "password": PASSWORD}
        answer = await self.client.post("/portal/auth/invitations/accept", json=body)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


@pytest.fixture
async def site(
    database: Database, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    settings = Settings(
        secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"),
        public_url="https://my.example",
        api_rate_limit_anonymous=100_000,
    )
    modules = (dotmac_identity.module, module)
    monkeypatch.setattr(database, "inline_handlers", inline_handlers(modules))
    permissions = [one for each in modules for one in each.permissions]
    passwords = cheap_passwords()
    authenticator = Authenticator(database, settings, permissions, passwords)
    app = create_app(modules, database=database, settings=settings, authenticate=authenticator)
    authenticator.install(app)
    organisation = await Organisation.founded(database, passwords)
    async with database.transaction(organisation.profile.id) as session:
        first, second = await CustomerService.within(session).create_many(
            [
                NewCustomer(
                    name=name,
                    notes="Pays late.",
                    tags=("difficult",),
                    address=PostalAddress(line1=name, city="Lund", country="SE"),
                )
                for name in ("Berg AB", "Dahl AB")
            ]
        )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
    ) as client:
        opened = Site(client, organisation, mail_sink, first.id, second.id, {})
        answer = await opened.signed_in("/auth", "owner@example.com")
        token = answer.json()["data"]["access_token"]
        opened.owner = {"Authorization": f"Bearer {token}"}
        yield opened

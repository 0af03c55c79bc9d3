"""A person's browser: it goes from the app to the provider and back, and keeps its cookies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.front_desk import bearer
from packages.dotmac_identity.tests.single_sign_on.local_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    LocalProvider,
)

PROVIDERS = "/single-sign-on/providers"
LANDING = "https://my.example/sign-in/single-sign-on"


@dataclass
class Browser:
    """A browser without anything in it: `app` is ours, `outside` the rest of the world."""

    app: httpx.AsyncClient
    outside: httpx.AsyncClient
    organisation: Organisation

    @property
    def tenant(self) -> str:
        return str(self.organisation.profile.id)

    async def starts(self, provider_id: str, **query: str) -> str:
        """Where the button leads in the end."""
        answer = await self.app.get(
            f"/auth/single-sign-on/{self.tenant}/{provider_id}/start", params=query
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def at_provider(self, address: str) -> str:
        """Sign in there; where it sends the browser back to."""
        answer = await self.outside.get(address)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def returns(self, address: str) -> dict[str, str]:
        """What the app's page is told."""
        answer = await self.app.get(address)
        assert answer.status_code == 303, answer.text
        return landed(answer.headers["location"])

    async def comes_back(self, provider_id: str, **query: str) -> dict[str, str]:
        """All the way to the provider and back; what the app's page is told."""
        return await self.returns(await self.at_provider(await self.starts(provider_id, **query)))

    async def finishes(self, code: str, **more: str) -> httpx.Response:
        return await self.app.post("/auth/single-sign-on/finish", json={"code": code, **more})

    async def signs_in(self, provider_id: str, **query: str) -> dict[str, str]:
        """The headers of who is signed in now."""
        told = await self.comes_back(provider_id, **query)
        assert "code" in told, told
        answer = await self.finishes(told["code"])
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}

    async def refused(self, provider_id: str, **query: str) -> str:
        """The code of the refusal that the app's page is told."""
        told = await self.comes_back(provider_id, **query)
        assert set(told) == {"error"}, told
        return told["error"]


def landed(address: str) -> dict[str, str]:
    """What the app's page is told; nothing of it is sent to any server."""
    page, _, fragment = address.partition("#")
    assert page == LANDING, address
    return dict(parse_qsl(fragment))


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@dataclass
class Settings:
    """The page on which owners set up providers."""

    client: httpx.AsyncClient
    organisation: Organisation
    provider: LocalProvider

    async def owner(self) -> dict[str, str]:
        return await bearer(self.client, self.organisation)

    async def attempt(self, headers: dict[str, str], **values: object) -> httpx.Response:
        body = {
            "name": "North",
            "issuer": self.provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            **values,
        }
        return await self.client.post(PROVIDERS, headers=headers, json=body)

    async def adds(self, **values: object) -> dict[str, Any]:
        answer = await self.attempt(await self.owner(), **values)
        assert answer.status_code == 201, answer.text
        added: dict[str, Any] = answer.json()["data"]
        return added

    async def added(self, **values: object) -> str:
        """The identifier of a new provider."""
        return str((await self.adds(**values))["id"])

    async def changes(self, provider_id: str, **values: object) -> dict[str, Any]:
        answer = await self.client.patch(
            f"{PROVIDERS}/{provider_id}", headers=await self.owner(), json=values
        )
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()["data"]
        return changed

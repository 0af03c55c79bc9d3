"""An operator and its people, over HTTP; there is one operator in a database."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from dotmac_identity.testing import PASSWORD, Organisation


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


@dataclass(frozen=True)
class Door:
    """The application, nobody signed in."""

    http: httpx.AsyncClient

    async def attempt(self, organisation: Organisation, name: str = "owner") -> httpx.Response:
        return await self.http.post(
            "/auth/sign-in",
            json={
                "email": f"{name}@example.com",
                "password": PASSWORD,
                "tenant": organisation.profile.slug,
            },
        )

    async def as_(self, organisation: Organisation, name: str = "owner") -> Visitor:
        answer = await self.attempt(organisation, name)
        assert answer.status_code == 200, answer.text
        return Visitor(self.http, answer.json()["data"]["access_token"])


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in."""

    http: httpx.AsyncClient
    token: str

    async def ask(
        self, method: str, path: str, json: object = None, **headers: str
    ) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        return await self.http.request(method, path, json=json, headers=sent)

    async def told(self, method: str, path: str, json: object = None, **headers: str) -> str:
        """The code of the refusal, or the status."""
        answer = await self.ask(method, path, json, **headers)
        return code(answer) if answer.is_error else str(answer.status_code)

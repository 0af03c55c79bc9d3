"""What the tests of second factors share: somebody with an authenticator app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import pyotp

from dotmac_core_ops.clock import FrozenClock
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import code

FACTORS = "/me/second-factors"


@dataclass
class Phone:
    """Somebody with an authenticator app."""

    client: httpx.AsyncClient
    organisation: Organisation
    clock: FrozenClock
    name: str = "owner"
    secret: str = ""
    paper: tuple[str, ...] = ()

    def shows(self) -> str:
        """What the app shows now."""
        return pyotp.TOTP(self.secret).at(self.clock.now())

    def next_code(self) -> str:
        """What the app shows once the present code is over."""
        self.clock.advance(seconds=30)
        return self.shows()

    async def enrols(self, headers: dict[str, str]) -> None:
        begun = await self.client.post(
            f"{FACTORS}/totp", headers=headers, json={"password": PASSWORD}
        )
        assert begun.status_code == 200, begun.text
        self.secret = begun.json()["data"]["secret"]
        confirmed = await self.client.post(
            f"{FACTORS}/totp/confirm", headers=headers, json={"code": self.shows()}
        )
        assert confirmed.status_code == 200, confirmed.text
        self.paper = tuple(confirmed.json()["data"]["recovery_codes"])

    async def password(self, password: str = PASSWORD, **more: object) -> httpx.Response:
        body = {
            "email": f"{self.name}@example.com",
            "password": password,
            "tenant": self.organisation.profile.slug,
            **more,
        }
        return await self.client.post("/auth/sign-in", json=body)

    async def challenge(self) -> str:
        answer = await self.password()
        assert code(answer) == "403 SECOND_FACTOR_REQUIRED"
        token: str = answer.json()["error"]["details"]["challenge"]
        return token

    async def shown(self, challenge: str, shown: str, **more: object) -> httpx.Response:
        body = {"challenge": challenge, "code": shown, **more}
        return await self.client.post("/auth/second-factor", json=body)

    async def signs_in(self, **more: object) -> dict[str, Any]:
        answer = await self.shown(await self.challenge(), self.next_code(), **more)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()["data"]
        return tokens


def authorized(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}

"""What the tests of passkeys share: somebody with an authenticator, behind one of the doors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from dotmac_identity.testing import PASSWORD, Organisation, SoftwareAuthenticator
from packages.dotmac_identity.tests.front_desk import code

ORIGIN = "https://my.example"


@dataclass
class Keyring:
    """Somebody with a device that holds passkeys; `door` is `/portal` for customers."""

    client: httpx.AsyncClient
    organisation: Organisation
    name: str = "owner"
    door: str = ""
    device: SoftwareAuthenticator = field(default_factory=lambda: SoftwareAuthenticator(ORIGIN))

    @property
    def passkeys(self) -> str:
        """Where one's own are."""
        return "/portal/account/passkeys" if self.door else "/me/passkeys"

    async def creation_options(self, headers: dict[str, str], **more: str) -> dict[str, Any]:
        begun = await self.client.post(
            f"{self.passkeys}/options",
            headers=headers | {"Origin": self.device.origin, **more},
            json={"password": PASSWORD},
        )
        assert begun.status_code == 200, begun.text
        options: dict[str, Any] = begun.json()["data"]["options"]
        return options

    async def sends(
        self, headers: dict[str, str], credential: dict[str, Any], name: str = "Laptop"
    ) -> httpx.Response:
        """Send what the browser made."""
        body = {"name": name, "credential": credential}
        return await self.client.post(self.passkeys, headers=headers, json=body)

    async def adds(self, headers: dict[str, str], name: str = "Laptop") -> dict[str, Any]:
        """Add a passkey of the device."""
        options = await self.creation_options(headers)
        added = await self.sends(headers, self.device.creates(options), name)
        assert added.status_code == 201, added.text
        content: dict[str, Any] = added.json()["data"]
        return content

    async def alone_options(self) -> dict[str, Any]:
        begun = await self.client.post(
            f"{self.door}/auth/passkey/options", headers={"Origin": self.device.origin}
        )
        assert begun.status_code == 200, begun.text
        options: dict[str, Any] = begun.json()["data"]["options"]
        return options

    async def shows(self, credential: dict[str, Any], door: str | None = None) -> httpx.Response:
        """Send what the passkey signed, to sign in by it alone."""
        at = self.door if door is None else door
        return await self.client.post(f"{at}/auth/passkey", json={"credential": credential})

    async def signs_in(self) -> dict[str, str]:
        """Sign in with the passkey alone: the headers that one is known by then."""
        answer = await self.shows(self.device.gets(await self.alone_options()))
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}

    async def password(self, password: str = PASSWORD, **more: object) -> httpx.Response:
        body = {
            "email": f"{self.name}@example.com",
            "password": password,
            "tenant": self.organisation.profile.slug,
            **more,
        }
        return await self.client.post(f"{self.door}/auth/sign-in", json=body)

    async def challenge(self) -> str:
        """What one gets for the password."""
        answer = await self.password()
        assert code(answer) == "403 SECOND_FACTOR_REQUIRED", answer.text
        token: str = answer.json()["error"]["details"]["challenge"]
        return token

    async def step_options(self, challenge: str) -> httpx.Response:
        return await self.client.post(
            f"{self.door}/auth/second-factor/passkey-options",
            headers={"Origin": self.device.origin},
            json={"challenge": challenge},
        )

    async def steps(self, challenge: str, **more: object) -> httpx.Response:
        """Answer the challenge with the passkey."""
        begun = await self.step_options(challenge)
        assert begun.status_code == 200, begun.text
        shown = self.device.gets(begun.json()["data"]["options"])
        return await self.answers(challenge, passkey=shown, **more)

    async def answers(self, challenge: str, **shown: object) -> httpx.Response:
        return await self.client.post(
            f"{self.door}/auth/second-factor", json={"challenge": challenge, **shown}
        )

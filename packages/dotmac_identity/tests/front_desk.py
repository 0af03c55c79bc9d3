"""What the tests over HTTP share: signing in, the codes of refusals, the mail that arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

import dotmac_core_events
from dotmac_core_events import create_worker
from dotmac_core_events.testing import MailSink, ReceivedMail
from dotmac_identity import module
from dotmac_identity.testing import PASSWORD, Organisation

REFUSED = {"email": "owner@example.com", "password": "not the password"}


async def bearer(
    client: httpx.AsyncClient, organisation: Organisation, name: str = "owner"
) -> dict[str, str]:
    answer = await client.post(
        "/auth/sign-in",
        json={
            "email": f"{name}@example.com",
            "password": PASSWORD,
            "tenant": organisation.profile.slug,
        },
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def key_for(
    client: httpx.AsyncClient, owner: dict[str, str], **values: object
) -> dict[str, Any]:
    answer = await client.post(
        "/api-keys", headers=owner, json={"name": "Nightly", "scopes": ["users:read"], **values}
    )
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()["data"]
    return key


@dataclass
class Post:
    """The worker's part, and the mail that comes of it."""

    organisation: Organisation
    sink: MailSink

    async def mails(self) -> list[ReceivedMail]:
        """Do what is due; the mails that arrived by it."""
        before = len(self.sink.received)
        worker = create_worker((dotmac_core_events.module, module), self.organisation.database)
        await worker.drain(self.organisation.profile.id)
        return self.sink.received[before:]

    async def token(self) -> str:
        """The token in the link of the only mail with a link that has arrived now."""
        [link] = [link for mail in await self.mails() for link in mail.links]
        return urlsplit(link).fragment.removeprefix("token=")

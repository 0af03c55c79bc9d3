"""What tests of messages to customers share: an offer, a consent, and how answers are read."""

from __future__ import annotations

from typing import Any

import httpx

OFFER = {"topic": "marketing", "subject": "Faster", "text": "Twice as fast.\n\nAsk us."}
OPT_IN = {
    "channel": "email",
    "decision": "given",
    "method": "explicit_opt_in",
    "text_version": "marketing-2026-01",
    "source_address": "203.0.113.7",
}


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


def decided(answer: httpx.Response) -> tuple[str, str | None]:
    assert answer.status_code == 201, answer.text
    notice = answer.json()["data"]
    return notice["outcome"], notice["reason"]


def relative(link: str) -> str:
    assert link.startswith("http://localhost:8000/api/v1/")
    return link.removeprefix("http://localhost:8000/api/v1")


async def preference(client: httpx.AsyncClient, path: str, topic: str) -> dict[str, Any]:
    found = (await client.get(f"{path}/communication-preferences")).json()["data"]["preferences"]
    [one] = [one for one in found if (one["channel"], one["topic"]) == ("email", topic)]
    preference: dict[str, Any] = one
    return preference

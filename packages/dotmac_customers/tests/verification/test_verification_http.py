from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_events import create_worker, enqueue
from dotmac_core_events import module as events_module
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from packages.dotmac_customers.tests.verification.conftest import Made

CODE = re.compile(r"\b\d{6}\b")


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


def relative(link: str) -> str:
    return link.removeprefix("http://localhost:8000/api/v1")


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


async def asked(client: httpx.AsyncClient, path: str, sink: MailSink) -> tuple[str, str]:
    """Have the e-mail verified; the code and the link that arrived."""
    answer = await client.post(f"{path}/verify-email")
    assert answer.status_code == 202, answer.text
    [mail] = await sink.deliver_messages()
    return CODE.findall(mail.text)[0], relative(mail.links[0])


async def status(client: httpx.AsyncClient, path: str, kind: str = "email") -> dict[str, Any]:
    answer = await client.get(f"{path}/{kind}-verification-status")
    found: dict[str, Any] = answer.json()["data"]
    return found


@pytest.fixture
async def path(made: Made) -> str:
    """Ann."""
    return f"/customers/{(await made())['id']}"


async def test_a_link_verifies_once_without_signing_in(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    before = await status(client, path)
    _, link = await asked(client, path, mail_sink)

    first = await stranger.get(link)
    again = await stranger.get(link)

    assert (before["is_verified"], before["address"]) == (False, "ann@example.com")
    assert first.json()["data"] == {"kind": "email", "is_verified": True}
    assert code(again) == "409 VERIFICATION_LINK_USED"
    after = await status(client, path)
    assert (after["is_verified"], after["verified_at"]) == (True, "2026-11-20T12:00:00Z")
    assert code(await client.post(f"{path}/verify-email")) == "409 ALREADY_VERIFIED"


async def test_a_browser_is_shown_a_page(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    _, link = await asked(client, path, mail_sink)

    shown = await stranger.get(link, headers={"accept": "text/html,*/*"})

    assert shown.headers["content-type"].startswith("text/html")
    assert "confirmed" in shown.text
    assert "ann@" not in shown.text


async def test_a_code_verifies_once(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    right, link = await asked(client, path, mail_sink)

    mistyped = await client.post(f"{path}/verify-email/code", json={"code": wrong(right)})
    good = await client.post(f"{path}/verify-email/code", json={"code": right})
    replayed = await client.post(f"{path}/verify-email/code", json={"code": right})

    assert code(mistyped) == "422 VERIFICATION_CODE_WRONG"
    assert mistyped.json()["error"]["details"] == {"attempts_left": 4}
    assert good.json()["data"]["is_verified"] is True
    assert code(replayed) == "422 VERIFICATION_CODE_WRONG"
    assert code(await stranger.get(link)) == "409 VERIFICATION_LINK_USED"


async def test_guessing_ends_after_five_codes_and_takes_the_link_along(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    right, link = await asked(client, path, mail_sink)

    guesses = [
        await client.post(f"{path}/verify-email/code", json={"code": wrong(right)})
        for _ in range(5)
    ]
    too_late = await client.post(f"{path}/verify-email/code", json={"code": right})

    assert [one.json()["error"]["details"]["attempts_left"] for one in guesses] == [4, 3, 2, 1, 0]
    assert code(too_late) == "422 VERIFICATION_CODE_WRONG"
    assert code(await stranger.get(link)) == "404 VERIFICATION_LINK_INVALID"
    assert (await status(client, path))["is_verified"] is False


async def test_many_guesses_at_once_are_counted_one_by_one(
    client: httpx.AsyncClient,
    path: str,
    mail_sink: MailSink,
    database: Database,
    tenant: Tenant,
) -> None:
    right, _ = await asked(client, path, mail_sink)

    answers = await asyncio.gather(
        *(client.post(f"{path}/verify-email/code", json={"code": wrong(right)}) for _ in range(12))
    )

    left = [one.json()["error"]["details"]["attempts_left"] for one in answers]
    assert sorted(left, reverse=True) == [4, 3, 2, 1] + [0] * 8
    async with database.transaction(tenant.id) as session:
        row = (await session.execute(sa.text("SELECT * FROM customers.verifications"))).one()
    assert (row.state, row.attempts, row.code_digest) == ("failed", 5, None)


async def test_codes_cannot_be_asked_for_without_end(
    client: httpx.AsyncClient, path: str, clock: FrozenClock
) -> None:
    answers = await asyncio.gather(*(client.post(f"{path}/verify-email") for _ in range(8)))
    refused = [one for one in answers if one.status_code == 429]
    clock.advance(hours=1, seconds=1)
    later = await client.post(f"{path}/verify-email")

    assert len(refused) == 3
    assert {code(one) for one in refused} == {"429 TOO_MANY_VERIFICATIONS"}
    assert refused[0].headers["retry-after"] == "3600"
    assert later.status_code == 202


async def test_a_code_is_good_for_ten_minutes_and_a_link_for_a_day(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    path: str,
    mail_sink: MailSink,
    clock: FrozenClock,
) -> None:
    right, link = await asked(client, path, mail_sink)

    clock.advance(minutes=10)
    late_code = await client.post(f"{path}/verify-email/code", json={"code": right})
    clock.advance(hours=23, minutes=50)
    late_link = await stranger.get(link)

    assert code(late_code) == "422 VERIFICATION_CODE_WRONG"
    assert code(late_link) == "404 VERIFICATION_LINK_INVALID"


async def test_the_link_outlives_the_code(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    path: str,
    mail_sink: MailSink,
    clock: FrozenClock,
) -> None:
    _, link = await asked(client, path, mail_sink)

    clock.advance(hours=23, minutes=59)

    assert (await stranger.get(link)).status_code == 200


async def test_a_new_code_makes_the_old_one_void(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    old, old_link = await asked(client, path, mail_sink)
    new, _ = await asked(client, path, mail_sink)

    if old != new:
        refused = await client.post(f"{path}/verify-email/code", json={"code": old})
        assert code(refused) == "422 VERIFICATION_CODE_WRONG"
    assert code(await stranger.get(old_link)) == "404 VERIFICATION_LINK_INVALID"
    good = await client.post(f"{path}/verify-email/code", json={"code": new})
    assert good.json()["data"]["is_verified"] is True


async def test_a_verification_can_be_called_off(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    _, link = await asked(client, path, mail_sink)

    cancelled = await client.delete(f"{path}/email-verification")

    assert cancelled.status_code == 204
    assert code(await stranger.get(link)) == "404 VERIFICATION_LINK_INVALID"
    again = await client.delete(f"{path}/email-verification")
    assert code(again) == "404 NO_PENDING_VERIFICATION"


async def changed(client: httpx.AsyncClient, path: str, **values: object) -> None:
    answer = await client.patch(path, json=values, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def test_a_new_address_is_verified_anew(  # noqa: PLR0917 - each is a fixture
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    path: str,
    mail_sink: MailSink,
    database: Database,
    tenant: Tenant,
) -> None:
    _, link = await asked(client, path, mail_sink)
    await stranger.get(link)
    worker = create_worker([events_module, module], database)

    await changed(client, path, email="ann@new.example")
    unverified = await status(client, path)
    await worker.drain(tenant.id)

    mail = mail_sink.received[-1]
    assert (unverified["is_verified"], mail.recipient) == (False, "ann@new.example")
    assert (await stranger.get(relative(mail.links[0]))).status_code == 200
    assert (await status(client, path))["is_verified"] is True


async def test_what_was_sent_to_the_old_address_does_not_verify_the_new_one(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    right, link = await asked(client, path, mail_sink)

    await changed(client, path, email="ann@new.example")

    by_code = await client.post(f"{path}/verify-email/code", json={"code": right})
    assert code(by_code) == "422 VERIFICATION_CODE_WRONG"
    assert code(await stranger.get(link)) == "404 VERIFICATION_LINK_INVALID"
    assert (await status(client, path))["is_verified"] is False


async def test_a_phone_number_is_verified_by_text_message(
    client: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    started = await client.post(f"{path}/verify-phone")
    await mail_sink.deliver_messages()
    [text] = mail_sink.texts
    right = CODE.findall(text.text)[0]

    mistyped = await client.post(f"{path}/verify-phone/code", json={"code": wrong(right)})
    as_email = await client.post(f"{path}/verify-email/code", json={"code": right})
    good = await client.post(f"{path}/verify-phone/code", json={"code": right})

    assert (started.status_code, text.recipient) == (202, "+46701234567")
    assert code(mistyped) == code(as_email) == "422 VERIFICATION_CODE_WRONG"
    assert good.json()["data"]["is_verified"] is True
    assert (await status(client, path, "phone"))["is_verified"] is True
    assert (await status(client, path))["is_verified"] is False
    assert code(await client.delete(f"{path}/phone-verification")) == "404 NO_PENDING_VERIFICATION"


async def test_there_must_be_something_to_verify(
    client: httpx.AsyncClient, made: Made, path: str
) -> None:
    bare = f"/customers/{(await made(email=None, phone='ask at the door'))['id']}"
    await client.post(
        "/suppressed-addresses",
        json={"channel": "email", "address": "ann@example.com", "reason": "bounced"},
    )

    refused = [
        await client.post(f"{bare}/verify-email"),
        await client.post(f"{bare}/verify-phone"),
        await client.post(f"{path}/verify-email"),
        await client.post(f"{path}/verify-email/code", json={"code": "123456"}),
        await client.post(f"/customers/{new_id()}/verify-email"),
    ]

    assert [code(answer) for answer in refused] == [
        "422 NOTHING_TO_VERIFY",
        "422 NOTHING_TO_VERIFY",
        "409 ADDRESS_SUPPRESSED",
        "422 VERIFICATION_CODE_WRONG",
        "404 CUSTOMER_NOT_FOUND",
    ]


async def test_neither_code_nor_link_is_found_anywhere_afterwards(
    client: httpx.AsyncClient, path: str, mail_sink: MailSink, database: Database, tenant: Tenant
) -> None:
    right, link = await asked(client, path, mail_sink)
    token = link.partition("token=")[2]

    async with database.transaction(tenant.id) as session:
        for table in ("events.messages", "events.outbox", "events.jobs", "core.audit_log"):
            text = await session.scalar(sa.text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            assert token not in (text or "")
            assert f" {right}" not in (text or "")
        kept = (await session.execute(sa.text("SELECT * FROM customers.verifications"))).one()

    assert token.encode() not in kept.token_digest
    assert right.encode() not in kept.code_digest


async def test_nobody_learns_from_a_link_which_ones_exist(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, path: str, mail_sink: MailSink
) -> None:
    _, link = await asked(client, path, mail_sink)
    start, _, token = link.partition("token=")
    tenant_part = token[:32]
    tried = [
        f"{start}token={tenant_part}_{'a' * 43}",
        f"{start}token={'0' * 32}_{'a' * 43}",
        f"{start}token={token[:-1]}",
        f"{start}token=x",
    ]

    answers = [await stranger.get(one) for one in tried]

    assert {code(answer) for answer in answers} == {"404 VERIFICATION_LINK_INVALID"}
    assert len({answer.json()["error"]["message"] for answer in answers}) == 1


async def test_what_nobody_answered_is_ended_by_the_job(  # noqa: PLR0917 - each is a fixture
    client: httpx.AsyncClient,
    path: str,
    mail_sink: MailSink,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
) -> None:
    await asked(client, path, mail_sink)
    clock.advance(hours=24)

    async with database.transaction(tenant.id) as session:
        await enqueue(session, "customers.expire_verifications")
    await create_worker([events_module, module], database).drain(tenant.id)

    async with database.transaction(tenant.id) as session:
        row = (await session.execute(sa.text("SELECT * FROM customers.verifications"))).one()
    assert (row.state, row.code_digest, row.token_digest) == ("expired", None, None)


async def test_each_route_asks_for_its_own_permission(
    signed_in: SignedIn, tenant: Tenant, path: str
) -> None:
    reader, writer = signed_in(tenant, "customers:read"), signed_in(tenant, "customers:write")

    denied = [
        await reader.post(f"{path}/verify-{kind}{rest}", json=body)
        for kind in ("email", "phone")
        for rest, body in (("", None), ("/code", {"code": "123456"}))
    ]
    denied += [await reader.delete(f"{path}/{kind}-verification") for kind in ("email", "phone")]
    denied += [
        await writer.get(f"{path}/{kind}-verification-status") for kind in ("email", "phone")
    ]

    assert {code(answer) for answer in denied} == {"403 PERMISSION_DENIED"}


async def test_another_tenant_starts_and_ends_nothing(
    client: httpx.AsyncClient,
    signed_in: SignedIn,
    second_tenant: Tenant,
    path: str,
    mail_sink: MailSink,
) -> None:
    right, _ = await asked(client, path, mail_sink)
    other = signed_in(second_tenant)

    refused = [
        await other.post(f"{path}/verify-email"),
        await other.post(f"{path}/verify-email/code", json={"code": right}),
        await other.get(f"{path}/email-verification-status"),
        await other.delete(f"{path}/email-verification"),
        await other.post(f"{path}/verify-phone"),
        await other.post(f"{path}/verify-phone/code", json={"code": right}),
        await other.get(f"{path}/phone-verification-status"),
        await other.delete(f"{path}/phone-verification"),
    ]

    assert {code(answer) for answer in refused} == {"404 CUSTOMER_NOT_FOUND"}
    assert (await status(client, path))["attempts_left"] == 5

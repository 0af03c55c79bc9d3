"""Where money moves above a limit, a second person agrees first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import Request

import dotmac_core_events
from dotmac_api_gateway import create_app
from dotmac_billing import module
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant

from .conftest import Books, Issued

EVERYTHING = frozenset({"*"})
LIMIT = "/approvals/limits/write_off/EUR"
As = Callable[[Principal], httpx.AsyncClient]


@pytest.fixture
async def acting(database: Database) -> AsyncIterator[As]:
    """Opens a client of billing and approvals for a principal."""
    async with AsyncExitStack() as stack:

        def open_client(principal: Principal) -> httpx.AsyncClient:
            async def authenticate(_: Request) -> Principal:
                return principal

            app = create_app(
                [dotmac_core_events.module, module],
                database=database,
                settings=Settings(),
                authenticate=authenticate,
            )
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
            )
            stack.push_async_callback(client.aclose)
            return client

        yield open_client


def person(tenant: Tenant, name: str, permissions: frozenset[str] = EVERYTHING) -> Principal:
    return Principal(tenant.id, name, "user", name.title(), permissions)


@pytest.fixture
def ann(acting: As, tenant: Tenant) -> httpx.AsyncClient:
    return acting(person(tenant, "ann"))


@pytest.fixture
def bob(acting: As, tenant: Tenant) -> httpx.AsyncClient:
    return acting(person(tenant, "bob"))


@pytest.fixture
async def invoice(database: Database, tenant: Tenant) -> Issued:
    """An invoice over 240.00."""
    async with database.transaction(tenant.id) as session:
        return await Books(session).invoice()


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


def deed(invoice: Issued, **other: Any) -> dict[str, Any]:  # noqa: ANN401 (what JSON holds)
    return {
        "action": "write_off",
        "target": {"type": "invoice", "id": str(invoice.id)},
        "amount": 240,
        "currency": "EUR",
        "reason": "Moved abroad",
        **other,
    }


async def asked(client: httpx.AsyncClient, body: dict[str, Any]) -> str:
    answer = await client.post("/approvals", json=body)
    assert answer.status_code == 201, answer.text
    approval_id: str = answer.json()["data"]["id"]
    return approval_id


async def approved(ann: httpx.AsyncClient, bob: httpx.AsyncClient, body: dict[str, Any]) -> str:
    approval_id = await asked(ann, body)
    answer = await bob.post(f"/approvals/{approval_id}/approve", json={"note": "Seen"})
    assert answer.status_code == 200, answer.text
    return approval_id


async def write_off(
    client: httpx.AsyncClient,
    invoice: Issued,
    **body: Any,  # noqa: ANN401 (what JSON holds)
) -> httpx.Response:
    path = f"/invoices/{invoice.id}/write-off"
    return await client.post(path, json={"reason": "Moved abroad", **body})


async def test_without_a_limit_and_up_to_it_nobody_else_is_asked(
    ann: httpx.AsyncClient, invoice: Issued
) -> None:
    part = await write_off(ann, invoice, amount=40)
    await ann.put(LIMIT, json={"amount": 200})
    rest = await write_off(ann, invoice)

    assert part.status_code == 200
    assert rest.status_code == 200
    assert rest.json()["data"]["amount_due"] == 0


async def test_above_the_limit_the_refusal_says_what_to_ask_for_and_the_approval_serves(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put(LIMIT, json={"amount": 200})

    refused = await write_off(ann, invoice)
    details = refused.json()["error"]["details"]
    wanted = {key: details[key] for key in ("action", "target", "amount", "currency")}
    approval_id = await approved(ann, bob, {**wanted, "reason": "Moved abroad"})
    done = await write_off(ann, invoice, approval_id=approval_id)
    shown = (await ann.get(f"/approvals/{approval_id}")).json()["data"]

    assert code(refused) == "403 APPROVAL_REQUIRED"
    assert done.status_code == 200, done.text
    assert (shown["state"], shown["requested_by"], shown["decided_by"]) == ("used", "ann", "bob")


async def test_an_approval_serves_once(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put(LIMIT, json={"amount": 50})
    approval_id = await approved(ann, bob, deed(invoice, amount=60))
    body = {"amount": 60, "approval_id": approval_id}

    first = await write_off(ann, invoice, **body)
    second = await write_off(ann, invoice, **body)

    assert first.status_code == 200
    assert code(second) == "409 APPROVAL_NOT_OPEN"


async def test_of_two_uses_at_once_one_wins(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put("/approvals/limits/credit_note/EUR", json={"amount": 10})
    approval_id = await approved(ann, bob, deed(invoice, action="credit_note", amount=60))
    body = {"invoice_id": str(invoice.id), "amount": 60, "approval_id": approval_id}

    answers = await asyncio.gather(*(ann.post("/credit-notes", json=body) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_an_approval_is_for_one_deed_of_one_person(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put(LIMIT, json={"amount": 50})
    approval_id = await approved(ann, bob, deed(invoice, amount=60))

    other_amount = await write_off(ann, invoice, amount=61, approval_id=approval_id)
    by_the_approver = await write_off(bob, invoice, amount=60, approval_id=approval_id)
    unknown = await write_off(ann, invoice, amount=60, approval_id=str(new_id()))
    exact = await write_off(ann, invoice, amount=60, approval_id=approval_id)

    assert other_amount.json()["error"]["details"]["differs"] == ["amount"]
    assert by_the_approver.json()["error"]["details"]["differs"] == ["requester"]
    assert code(unknown) == "404 APPROVAL_NOT_FOUND"
    assert exact.status_code == 200


async def test_an_approval_that_is_not_given_or_rejected_does_not_serve(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put(LIMIT, json={"amount": 50})
    approval_id = await asked(ann, deed(invoice))

    waiting = await write_off(ann, invoice, approval_id=approval_id)
    await bob.post(f"/approvals/{approval_id}/reject", json={"note": "Call them first"})
    rejected = await write_off(ann, invoice, approval_id=approval_id)
    again = await bob.post(f"/approvals/{approval_id}/approve", json={})

    assert waiting.json()["error"]["details"]["state"] == "pending"
    assert rejected.json()["error"]["details"]["state"] == "rejected"
    assert code(again) == "409 APPROVAL_NOT_OPEN"


async def test_an_approval_expires_a_day_after_it_was_asked_for(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued, clock: FrozenClock
) -> None:
    await ann.put(LIMIT, json={"amount": 50})
    approval_id = await approved(ann, bob, deed(invoice))
    late_id = await asked(ann, deed(invoice))

    clock.advance(days=1)

    used = await write_off(ann, invoice, approval_id=approval_id)
    decided = await bob.post(f"/approvals/{late_id}/approve", json={})
    assert used.json()["error"]["details"]["state"] == "expired"
    assert decided.json()["error"]["details"]["state"] == "expired"


async def test_nobody_approves_what_they_asked_for_by_whatever_key(
    ann: httpx.AsyncClient, acting: As, tenant: Tenant, invoice: Issued
) -> None:
    approval_id = await asked(ann, deed(invoice))
    bob = person(tenant, "bob")
    key = replace(bob, subject="key-1", kind="api_key", person="ann")
    program = replace(bob, subject="program", kind="service")
    operator = replace(bob, impersonated_by="operator")
    tries = {
        "ann": "403 OWN_APPROVAL",
        "key": "403 APPROVER_NOT_A_PERSON",
        "program": "403 APPROVER_NOT_A_PERSON",
        "operator": "403 APPROVER_NOT_A_PERSON",
    }
    clients = {
        "ann": ann,
        "key": acting(key),
        "program": acting(program),
        "operator": acting(operator),
    }

    answers = {
        name: code(await client.post(f"/approvals/{approval_id}/approve", json={}))
        for name, client in clients.items()
    }

    assert answers == tries


async def test_what_ones_key_asked_for_one_does_not_approve_oneself(
    acting: As, tenant: Tenant, invoice: Issued
) -> None:
    bob = person(tenant, "bob")
    key = replace(bob, subject="key-1", kind="api_key", person="bob")
    approval_id = await asked(acting(key), deed(invoice))

    own = await acting(bob).post(f"/approvals/{approval_id}/approve", json={})

    assert code(own) == "403 OWN_APPROVAL"


async def test_who_lacks_the_right_itself_neither_asks_nor_agrees(
    ann: httpx.AsyncClient, acting: As, tenant: Tenant, invoice: Issued
) -> None:
    approvals = frozenset({"approvals:request", "approvals:decide"})
    eve = acting(person(tenant, "eve", approvals))
    reader = acting(person(tenant, "rita", frozenset({"approvals:read", "invoices:write_off"})))
    approval_id = await asked(ann, deed(invoice))

    agrees = await eve.post(f"/approvals/{approval_id}/approve", json={})
    asks = await eve.post("/approvals", json=deed(invoice))
    without = await reader.post(f"/approvals/{approval_id}/approve", json={})
    limit = await reader.put(LIMIT, json={"amount": 10**9})

    assert agrees.json()["error"]["details"] == {"permission": "invoices:write_off"}
    assert asks.json()["error"]["details"] == {"permission": "invoices:write_off"}
    assert without.json()["error"]["details"] == {"permission": "approvals:decide"}
    assert limit.json()["error"]["details"] == {"permission": "approvals:configure"}


async def test_a_limit_in_one_currency_is_no_door_in_another(
    ann: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put("/approvals/limits/write_off/USD", json={"amount": 10_000})

    refused = await write_off(ann, invoice, amount=1)
    await ann.delete("/approvals/limits/write_off/USD")
    free = await write_off(ann, invoice, amount=1)

    assert code(refused) == "403 APPROVAL_REQUIRED"
    assert free.status_code == 200


async def test_a_refund_above_the_limit_needs_a_second_person(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.post(
        "/payments",
        json={"customer_id": str(invoice.customer_id), "amount": 240, "received_on": "2026-11-10"},
    )
    note = (
        await ann.post("/credit-notes", json={"invoice_id": str(invoice.id), "remainder": "refund"})
    ).json()["data"]
    await ann.put("/approvals/limits/refund/EUR", json={"amount": 100})
    path, body = f"/credit-notes/{note['id']}/refunds", {"amount": 240, "paid_on": "2026-11-20"}

    refused = await ann.post(path, json=body)
    target = {"type": "credit_note", "id": note["id"]}
    approval_id = await approved(ann, bob, deed(invoice, action="refund", target=target))
    paid = await ann.post(path, json={**body, "approval_id": approval_id})

    assert code(refused) == "403 APPROVAL_REQUIRED"
    assert paid.json()["data"]["refunded"] == 240


async def test_credit_given_by_hand_above_the_limit_needs_a_second_person(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, invoice: Issued
) -> None:
    await ann.put("/approvals/limits/wallet_grant/EUR", json={"amount": 100})
    opened = await ann.post(
        "/wallets", json={"customer_id": str(invoice.customer_id), "name": "Goodwill"}
    )
    wallet_id = opened.json()["data"]["id"]

    refused = await ann.post(f"/wallets/{wallet_id}/grants", json={"amount": 150})
    target = {"type": "wallet", "id": wallet_id}
    body = deed(invoice, action="wallet_grant", target=target, amount=150)
    approval_id = await approved(ann, bob, body)
    granted = await ann.post(
        f"/wallets/{wallet_id}/grants", json={"amount": 150, "approval_id": approval_id}
    )

    assert code(refused) == "403 APPROVAL_REQUIRED"
    assert granted.status_code == 201


async def test_what_cannot_be_approved_is_refused(ann: httpx.AsyncClient, invoice: Issued) -> None:
    unknown = await ann.post("/approvals", json=deed(invoice, action="fly"))
    smuggled = await ann.post("/approvals", json={**deed(invoice), "state": "approved"})
    limit = await ann.put("/approvals/limits/fly/EUR", json={"amount": 1})

    assert code(unknown) == "422 UNKNOWN_ACTION"
    assert code(smuggled) == "422 VALIDATION_FAILED"
    assert code(limit) == "422 UNKNOWN_ACTION"


async def test_approvals_of_another_tenant_are_not_there(
    ann: httpx.AsyncClient, acting: As, second_tenant: Tenant, invoice: Issued
) -> None:
    approval_id = await asked(ann, deed(invoice))
    stranger = acting(person(second_tenant, "mallory"))

    decided = await stranger.post(f"/approvals/{approval_id}/approve", json={})
    listed = await stranger.get("/approvals")

    assert code(decided) == "404 APPROVAL_NOT_FOUND"
    assert listed.json()["data"] == []

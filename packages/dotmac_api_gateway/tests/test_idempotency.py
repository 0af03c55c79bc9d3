"""A POST with a key is done once, whatever happens to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import httpx
import pytest

from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from packages.dotmac_api_gateway.tests.kites import Connect

KEY = {"Idempotency-Key": "order-1"}


Count: TypeAlias = Callable[[], Awaitable[int]]


@pytest.fixture
def made(database: Database, tenant: Tenant) -> Count:
    """Counts what was really done."""

    async def count() -> int:
        async with database.read(tenant.id) as connection:
            rows = await connection.fetchval(
                "SELECT count(*) FROM core.audit_log WHERE action = 'kites.make'"
            )
        return int(rows)

    return count


async def test_the_same_request_gets_the_first_answer_again(
    client: httpx.AsyncClient, made: Count
) -> None:
    first = await client.post("/api/v1/kites", json={"name": "x"}, headers=KEY)
    again = await client.post("/api/v1/kites", json={"name": "x"}, headers=KEY)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Content-Type"] == "application/json"
    assert await made() == 1


async def test_a_kept_answer_cannot_be_read_in_the_database(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    answer = await client.post("/api/v1/kites", json={"name": "x"}, headers=KEY)

    async with database.read(tenant.id) as connection:
        kept = await connection.fetchval("SELECT body FROM core.idempotency_keys")

    assert answer.content.startswith(b'{"data":')
    assert answer.content not in kept
    assert b"data" not in kept


async def test_another_request_with_the_key_is_refused(
    client: httpx.AsyncClient, made: Count
) -> None:
    await client.post("/api/v1/kites", json={"name": "x"}, headers=KEY)

    for path, body in [
        ("/api/v1/kites", {"name": "y"}),
        ("/api/v1/kites?draft=1", {"name": "x"}),
        ("/api/v1/kites/apart", {"name": "x"}),
    ]:
        answer = await client.post(path, json=body, headers=KEY)
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await made() == 1


async def test_of_two_at_once_one_is_done_and_both_are_answered(
    client: httpx.AsyncClient, made: Count
) -> None:
    answers = await asyncio.gather(
        *(client.post("/api/v1/kites", json={"name": "x"}, headers=KEY) for _ in range(5))
    )

    assert {answer.content for answer in answers} == {answers[0].content}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert await made() == 1


async def test_after_a_refusal_the_key_may_be_tried_again(
    client: httpx.AsyncClient, made: Count
) -> None:
    for _ in range(2):
        torn = await client.post("/api/v1/kites", json={"name": "torn"}, headers=KEY)
        assert torn.json()["error"]["code"] == "KITE_TORN"
        assert "Idempotent-Replayed" not in torn.headers

    assert (await client.post("/api/v1/kites", json={"name": "x"}, headers=KEY)).status_code == 201
    assert await made() == 1


async def test_without_a_key_each_request_is_done(client: httpx.AsyncClient, made: Count) -> None:
    for _ in range(2):
        await client.post("/api/v1/kites", json={"name": "x"})

    assert await made() == 2


async def test_work_in_a_transaction_of_its_own_is_remembered_too(
    client: httpx.AsyncClient, made: Count
) -> None:
    first = await client.post("/api/v1/kites/apart", json={"name": "x"}, headers=KEY)
    again = await client.post("/api/v1/kites/apart", json={"name": "x"}, headers=KEY)

    assert again.json() == first.json()
    assert await made() == 1


async def test_many_keys_at_once_do_not_wait_for_each_others_connections(
    connect: Connect, database_url: str, made: Count
) -> None:
    small = Database(database_url, pool_size=2)
    async with connect(database=small, database_pool_size=2) as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    "/api/v1/kites/apart", json={"name": "x"}, headers={"Idempotency-Key": f"k-{n}"}
                )
                for n in range(20)
            )
        )
    await small.close()

    assert {answer.status_code for answer in answers} == {200}
    assert await made() == 20


async def test_a_key_belongs_to_who_sent_it(connect: Connect, client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/kites", json={"name": "x"}, headers=KEY)

    async with connect(token="reader") as other:
        answer = await other.post("/api/v1/kites", json={"name": "x"}, headers=KEY)

    assert answer.json()["error"]["code"] == "PERMISSION_DENIED"


@pytest.mark.parametrize("key", ["", "x" * 256, "clé"])
async def test_an_unusable_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    header = {b"Idempotency-Key": key.encode()}

    answer = await client.post("/api/v1/kites", json={"name": "x"}, headers=header)

    assert answer.json()["error"]["code"] == "INVALID_IDEMPOTENCY_KEY"


@pytest.mark.parametrize(
    ("tag", "status"), [('"3"', 200), ('W/"3"', 200), ("*", 200), ('"2"', 412), ('"9", "3"', 200)]
)
async def test_a_change_starts_from_the_version_that_was_read(
    client: httpx.AsyncClient, tag: str, status: int
) -> None:
    path = "/api/v1/kites/01a1f886-6947-7665-afd7-bd4f01a67bf6"

    answer = await client.patch(path, headers={"If-Match": tag})

    assert answer.status_code == status
    assert answer.headers.get("ETag") == ('"4"' if status == 200 else None)


async def test_a_change_must_say_from_which_version(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/v1/kites/01a1f886-6947-7665-afd7-bd4f01a67bf6")

    assert answer.status_code == 428
    assert answer.json()["error"]["code"] == "PRECONDITION_REQUIRED"

"""Whatever goes wrong, the client sees the envelope, a stable code and nothing internal."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import HTTPException
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from dotmac_api_gateway.failures import refusal_of
from dotmac_core_ops.database import Database, TenantNotBoundError
from packages.dotmac_api_gateway.tests.kites import Connect


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code, after a look at the shape."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "details"}
    return answer.status_code, body["error"]["code"]


async def test_a_refusal_of_a_module_keeps_its_code_and_details(client: httpx.AsyncClient) -> None:
    kite = uuid4()

    answer = await client.get(f"/api/v1/kites/torn/{kite}")

    assert refusal(answer) == (409, "KITE_TORN")
    assert answer.json()["error"]["details"] == {"kite_id": str(kite), "colours": "{'red'}"}


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v1/kites/", "/api/v1"])
async def test_an_unknown_path_has_a_code(client: httpx.AsyncClient, path: str) -> None:
    assert refusal(await client.get(path)) == (404, "ROUTE_NOT_FOUND")


async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/kites")

    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "POST"


async def test_a_fault_says_nothing_but_where_to_look(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/kites/broken", headers={"X-Request-ID": "flight-7"})

    assert refusal(answer) == (500, "INTERNAL_ERROR")
    assert answer.json()["error"]["details"] == {"request_id": "flight-7"}
    assert "swordfish" not in answer.text


async def test_a_fault_in_the_middle_of_an_answer_cuts_it(client: httpx.AsyncClient) -> None:
    with pytest.raises(KeyError):
        await client.get("/api/v1/kites/half")


async def test_a_stream_that_fails_at_once_is_a_refusal(client: httpx.AsyncClient) -> None:
    for encoding in ("gzip", "identity"):
        answer = await client.get("/api/v1/kites/none", headers={"Accept-Encoding": encoding})
        assert refusal(answer) == (409, "KITE_TORN")


async def test_every_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/kites", json={"price": "high", "colour": "red"})

    assert refusal(answer) == (422, "VALIDATION_FAILED")
    fields = {f["path"]: f for f in answer.json()["error"]["details"]["fields"]}
    assert set(fields) == {"name", "price", "colour"}
    assert fields["name"] == {
        "in": "body",
        "path": "name",
        "code": "missing",
        "message": "Field required",
    }


async def test_what_was_typed_into_a_wrong_field_is_not_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/kites", json={"name": ["my-password"]})

    assert refusal(answer) == (422, "VALIDATION_FAILED")
    assert "my-password" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"name": "x", "price": 1e999}',
        b'{"name": "x", "extra": {"n": ' + b"9" * 5000 + b"}}",
    ],
    ids=["cut off", "not UTF-8", "half a pair", "NaN", "too deep", "infinite", "very long"],
)
async def test_what_is_not_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(
        "/api/v1/kites", content=body, headers={"Content-Type": "application/json"}
    )

    assert refusal(answer) == (400, "MALFORMED_JSON")


async def test_another_content_type_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/kites", content=b"name=x")

    assert refusal(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "address", ["/api/v1/kites/%00", "/api/v1/weather?q=%00", "/%00", "/api/v1/kites/me?%00=1"]
)
async def test_a_nul_in_the_address_is_refused(client: httpx.AsyncClient, address: str) -> None:
    assert refusal(await client.get(address)) == (400, "INVALID_CHARACTER")


async def test_a_nul_in_the_body_is_refused(client: httpx.AsyncClient) -> None:
    for body in ({"name": "a\x00b"}, {"name": "x", "extra": {"\x00": [{"a": 1}]}}):
        assert refusal(await client.post("/api/v1/kites", json=body)) == (400, "INVALID_CHARACTER")
    harmless = {"name": r"a\u0000b"}
    assert (await client.post("/api/v1/kites", json=harmless)).status_code == 201


STATES = {
    "23505": (409, "ALREADY_EXISTS"),
    "23P01": (409, "ALREADY_EXISTS"),
    "23503": (409, "REFERENCE_CONFLICT"),
    "23514": (422, "INVALID_VALUE"),
    "22003": (422, "INVALID_VALUE"),
    "40001": (409, "CHANGED_MEANWHILE"),
    "40P01": (409, "CHANGED_MEANWHILE"),
    "55P03": (503, "DATABASE_BUSY"),
    "53300": (503, "DATABASE_BUSY"),
    "57P01": (503, "DEPENDENCY_UNAVAILABLE"),
    "42P01": (500, "INTERNAL_ERROR"),
    "42501": (500, "INTERNAL_ERROR"),
}


@pytest.mark.parametrize("state", STATES)
async def test_errors_of_the_database_are_translated(client: httpx.AsyncClient, state: str) -> None:
    sql = f"DO $$ BEGIN RAISE EXCEPTION 'row (secret)' USING ERRCODE = '{state}'; END $$"

    answer = await client.post("/api/v1/kites/sql", json={"sql": sql})

    assert refusal(answer) == STATES[state]
    assert "secret" not in answer.text


async def test_a_value_that_no_column_holds_is_refused(client: httpx.AsyncClient) -> None:
    for sql, value in [
        ("SELECT CAST(:v AS bigint)", 10**30),
        ("SELECT CAST(CAST(:v AS text) AS date)", "2026-02-30"),
        ("SELECT CAST(CAST(:v AS text) AS numeric(5,2))", "123456"),
    ]:
        answer = await client.post("/api/v1/kites/sql", json={"sql": sql, "values": {"v": value}})
        assert refusal(answer) == (422, "INVALID_VALUE"), sql


async def test_the_driver_is_translated_as_well(client: httpx.AsyncClient) -> None:
    async def raw(sql: str, value: int) -> tuple[int, str]:
        return refusal(await client.get("/api/v1/kites/raw", params={"sql": sql, "value": value}))

    assert await raw("SELECT $1::int8", 2**63) == (422, "INVALID_VALUE")
    assert await raw("SELECT 1 / ($1::int - 1)", 1) == (422, "INVALID_VALUE")
    # An argument of the wrong type is a fault of ours, whoever sent the value.
    assert await raw("SELECT $1::text", 1) == (500, "INTERNAL_ERROR")


async def test_an_instant_beyond_the_calendar_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/kites/since", params={"at": "9999-12-31T23:59:59-12:00"})

    assert refusal(answer) == (422, "INVALID_VALUE")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PoolTimeoutError("QueuePool limit"), "DATABASE_BUSY"),
        (StaleDataError("0 rows matched"), "CHANGED_MEANWHILE"),
        (ConnectionRefusedError(), "DEPENDENCY_UNAVAILABLE"),
        (TimeoutError(), "DEPENDENCY_UNAVAILABLE"),
        (asyncpg.InterfaceError("connection is closed"), "DEPENDENCY_UNAVAILABLE"),
        (asyncpg.TooManyConnectionsError("sorry"), "DATABASE_BUSY"),
        (TenantNotBoundError(), "INTERNAL_ERROR"),
        (HTTPException(418), "MALFORMED_BODY"),
        (HTTPException(502), "INTERNAL_ERROR"),
        (ValueError("x"), "INTERNAL_ERROR"),
    ],
)
def test_what_else_may_be_raised(error: Exception, code: str) -> None:
    assert refusal_of(error, "r-1").code == code


async def test_a_slow_statement_is_unavailable(connect: Connect, database_url: str) -> None:
    slow = Database(database_url, statement_timeout_seconds=1)
    async with connect(database=slow) as client:
        answer = await client.post("/api/v1/kites/sql", json={"sql": "SELECT pg_sleep(5)::text"})
    await slow.close()

    assert refusal(answer) == (503, "DATABASE_TIMEOUT")
    assert answer.headers["Retry-After"] == "5"


async def test_a_database_that_is_not_there_is_unavailable(connect: Connect) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/none")
    async with connect(database=gone) as client:
        assert refusal(await client.post("/api/v1/kites/sql", json={"sql": "SELECT 1"})) == (
            503,
            "DEPENDENCY_UNAVAILABLE",
        )
        assert refusal(
            await client.get("/api/v1/kites/raw", params={"sql": "SELECT $1::int", "value": 1})
        ) == (503, "DEPENDENCY_UNAVAILABLE")
    await gone.close()


async def test_money_of_many_digits_arrives_exactly(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/kites",
        content=b'{"name": "x", "price": 123456789012345.6789}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.json()["data"]["price"] == "123456789012345.6789"

"""Health, for load balancers and people."""

from __future__ import annotations

import httpx

from dotmac_core_ops.database import Database
from packages.dotmac_api_gateway.tests.kites import Connect


async def test_a_working_installation_is_healthy_and_ready(client: httpx.AsyncClient) -> None:
    health = (await client.get("/health")).json()

    assert (health["status"], health["database"]) == ("healthy", "connected")
    assert health["database_server"]["version"]
    assert (await client.get("/health/ready")).json()["status"] == "ready"
    assert (await client.get("/health/live")).json() == {"status": "alive"}


async def test_without_a_database_the_process_is_alive_and_not_ready(connect: Connect) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/none")
    async with connect(database=gone) as client:
        answers = {path: await client.get(f"/health{path}") for path in ("", "/ready", "/live")}
    await gone.close()

    assert {path: answer.status_code for path, answer in answers.items()} == {
        "": 503,
        "/ready": 503,
        "/live": 200,
    }
    assert answers[""].json()["database"] == "disconnected"


async def test_asking_for_health_is_not_counted_against_an_address(connect: Connect) -> None:
    async with connect(token=None, api_rate_limit_anonymous=60) as client:
        answers = [await client.get("/health/live") for _ in range(50)]

    assert {answer.status_code for answer in answers} == {200}

"""`dotmac up` on an empty data directory, and again: what a person sees in the first minute."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

STARTING_SECONDS = 120
STOPPING_SECONDS = 60


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's own directory: it is closed to the service user that runs the server for root.
    folder = Path(tempfile.mkdtemp(prefix="dotmac-home-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def up(home: Path, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """`dotmac up` until it says where it runs; then Ctrl-C, which must end it well."""
    environ = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dotmac_platform", "up"),
        env={**environ, "DOTMAC_HOME": str(home), "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTING_SECONDS):
            while b"Ctrl-C" not in (line := await process.stdout.readline()):
                assert line, "it ended before it was up"
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STOPPING_SECONDS):
            await process.wait()
    assert process.returncode == 0


async def test_the_first_start_ends_in_something_to_use_and_the_second_keeps_it(
    home: Path, port: int
) -> None:
    async with up(home, port) as client:
        health = (await client.get("/health")).json()
        answer = await client.post(
            "/api/v1/auth/sign-in",
            json={
                "email": "owner@sample.example",
                "password": (home / "sample_password").read_text().strip(),
            },
        )
        token = answer.json()["data"]["access_token"]
        signed_in = {"authorization": f"Bearer {token}"}
        customers = (await client.get("/api/v1/customers", headers=signed_in)).json()
        unpaid = (await client.get("/api/v1/invoices?status=open", headers=signed_in)).json()
        churn = (await client.get("/api/v1/analytics/churn", headers=signed_in)).json()
        granted = (await client.get("/api/v1/entitlements", headers=signed_in)).json()["data"]
        operator = await client.post(
            "/api/v1/auth/sign-in",
            json={
                "email": "operator@sample.example",
                "password": (home / "sample_password").read_text().strip(),
                "tenant": "operator",
            },
        )
        seller = {"authorization": f"Bearer {operator.json()['data']['access_token']}"}
        plans = (await client.get("/api/v1/plans?per_page=50", headers=seller)).json()["data"]
        mode = (home / "sample_password").stat().st_mode & 0o777

    async with up(home, port) as client:
        again = (await client.get("/api/v1/customers", headers=signed_in)).json()

    assert health["status"] == "healthy"
    assert health["database_server"]["kind"] == "embedded"
    assert customers["meta"]["pagination"]["total"] == 500
    assert unpaid["meta"]["pagination"]["total"] > 0
    assert sum(month["customers_lost"] for month in churn["data"]["months"]) > 0
    assert (granted["tier"], granted["is_restricted"]) == ("professional", True)
    assert {"STARTER", "PROFESSIONAL", "ENTERPRISE"} <= {plan["code"] for plan in plans}
    assert mode == 0o600
    # The token still holds: the key that signs it was kept.
    assert again == customers


async def test_a_port_in_use_is_told_before_anything_is_started(home: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dotmac_platform", "up"),
            env={"PATH": os.environ["PATH"], "DOTMAC_HOME": str(home), "PORT": str(port)},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()

    assert process.returncode == 1
    assert b"PORT_TAKEN" in said
    assert not (home / "postgres").exists()

"""Servers beside PostgreSQL that some tests need."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this test run's own, on a socket in a temporary folder."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        missing = "redis-server is not installed: apt-get install redis-server"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    home = Path(tempfile.mkdtemp(prefix="dotmac-redis-"))
    socket = home / "socket"
    process = subprocess.Popen(
        [
            *(binary, "--port", "0", "--unixsocket", str(socket), "--dir", str(home)),
            *("--save", "", "--appendonly", "no", "--logfile", str(home / "log")),
        ]
    )
    try:
        waiting = Retry(ConstantBackoff(0.02), 500, (RedisConnectionError,))
        with Redis(unix_socket_path=str(socket), retry=waiting) as client:
            client.ping()
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(home, ignore_errors=True)

"""Files of the tests in folders of their own, and a server that speaks ClamAV's protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dotmac_core_ops.files import DiskFiles, FileStore, keeping_files_in
from dotmac_customers.documents.adapters.clamav import ClamAvScanner, scanning_by

from .clamd import Clamd


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[FileStore]:
    """Where this test's files are."""
    kept = DiskFiles(tmp_path / "files")
    with keeping_files_in(kept):
        yield kept


@pytest.fixture(autouse=True)
def _no_scanner() -> Iterator[None]:
    with scanning_by(None):
        yield


@pytest.fixture
async def clamd() -> AsyncIterator[Clamd]:
    """A virus scanner that knows EICAR, and can be switched off and on again."""
    async with _served() as server:
        with scanning_by(ClamAvScanner(server.address, answer_seconds=5)):
            yield server


@asynccontextmanager
async def _served() -> AsyncIterator[Clamd]:
    server = Clamd()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()

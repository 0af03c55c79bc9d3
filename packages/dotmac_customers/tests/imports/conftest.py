"""Files of these tests in folders of their own, and who works with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import Database
from dotmac_core_ops.files import DiskFiles, FileStore, keeping_files_in
from dotmac_core_ops.testing import Tenant

from .samples import Clerk


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[FileStore]:
    """Where this test's files are."""
    kept = DiskFiles(tmp_path / "files")
    with keeping_files_in(kept):
        yield kept


@pytest.fixture
def clerk(signed_in: SignedIn, tenant: Tenant, database: Database) -> Clerk:
    """Whoever looks after customers."""
    client = signed_in(tenant, "customers:import", "customers:read", "customers:write")
    return Clerk(client, database, tenant)

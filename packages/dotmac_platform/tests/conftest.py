from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dotmac_billing import open_billing
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_platform.runtime import inline_reactions

from .shell import Shell


@pytest.fixture
async def composed(database: Database) -> AsyncIterator[Database]:
    """The test's database with the platform's same-transaction reactions attached."""
    before = database.inline_handlers
    database.inline_handlers = inline_reactions()
    yield database
    database.inline_handlers = before


@pytest.fixture
async def provider(composed: Database, tenant: Tenant) -> Tenant:
    """A tenant that bills in US dollars."""
    async with composed.transaction(tenant.id) as session:
        await open_billing(session, currency="USD", time_zone="America/Chicago", country="US")
    return tenant


@pytest.fixture
def dotmac(database_url: str, tmp_path: Path) -> Shell:
    """The command, on the database of the tests."""
    return Shell(database_url, tmp_path)

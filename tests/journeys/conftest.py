"""What journeys share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import TEST_NOW
from dotmac_platform.runtime import connect
from tests.journeys.site import Site, open_site


@pytest.fixture(scope="session")
async def site(database_url: str) -> AsyncIterator[Site]:
    """The platform with two tenants in it; made once, because two years take a while."""
    database = connect(Settings(environment="test"), database_url, clock=FrozenClock(TEST_NOW))
    yield await open_site(database)
    await database.close()

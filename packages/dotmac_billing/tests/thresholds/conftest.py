"""Stories of subscriptions whose usage is billed at thresholds."""

from __future__ import annotations

import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from packages.dotmac_billing.tests.changes.story import Story


@pytest.fixture
def story(database: Database, tenant: Tenant, clock: FrozenClock) -> Story:
    """The story of the test's tenant."""
    return Story(database, tenant, clock)

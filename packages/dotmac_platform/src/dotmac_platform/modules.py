"""The packages that make up the platform, listed by hand."""

from __future__ import annotations

import dotmac_analytics
import dotmac_billing
import dotmac_core_events
import dotmac_customers
import dotmac_identity
import unison
from dotmac_core_ops import core_module
from dotmac_core_ops.module import Module
from dotmac_platform.flows import module as flows

PLATFORM_API_VERSION = "1.0"
"""Which interface modules find here; those that do not know it refuse to be composed."""

dotmac_billing.require_compatible_platform(PLATFORM_API_VERSION)

MODULES: tuple[Module, ...] = (
    core_module.module,
    dotmac_core_events.module,
    dotmac_identity.module,
    dotmac_customers.module,
    dotmac_billing.module,
    unison.module,
    dotmac_analytics.module,
    flows,
)

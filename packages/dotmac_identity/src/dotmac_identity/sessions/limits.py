"""How long people of a tenant stay signed in, as the tenant may say."""

from __future__ import annotations

from dotmac_core_ops.tenant_settings import TenantSetting

IDLE_DAYS = TenantSetting(
    "sessions.idle_days",
    365,
    "After how many days without being used a session ends, from its next use on. The limit of "
    "the installation holds as well.",
    minimum=1,
    maximum=365,
)
"""Of staff and of customers in the portal."""

"""What joins modules that know nothing of each other."""

from dotmac_core_ops.module import Module
from dotmac_platform.flows.billing_accounts import (
    on_customers_created,
    on_customers_removed,
    on_tenant_created,
)
from dotmac_platform.flows.billing_addresses import HANDLERS as _ADDRESSES
from dotmac_platform.flows.customer_accounts import on_branch_moved, on_customers_merged
from dotmac_platform.flows.customer_timeline import HANDLERS as _TIMELINE
from dotmac_platform.flows.plan_grants import (
    CHECK_LIMITS,
    GRANT_PLANS,
    ON_SUBSCRIPTIONS_CHANGED,
    on_entitlements_changed,
    on_subscriptions_started,
)
from dotmac_platform.flows.plan_payments import FOLLOW_PAYMENTS, ON_INVOICES_CHANGED

module = Module(
    "platform",
    handlers=(
        *(on_tenant_created, on_customers_created, on_customers_removed),
        *(on_customers_merged, on_branch_moved),
        *_ADDRESSES,
        *_TIMELINE,
        *(on_subscriptions_started, *ON_SUBSCRIPTIONS_CHANGED),
        *(on_entitlements_changed, *ON_INVOICES_CHANGED),
    ),
    jobs=(GRANT_PLANS, FOLLOW_PAYMENTS, CHECK_LIMITS),
)

__all__ = ["module"]

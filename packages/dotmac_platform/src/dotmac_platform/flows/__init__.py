"""What joins modules that know nothing of each other."""

from dotmac_core_ops.module import Module
from dotmac_platform.flows.billing_accounts import on_customers_created, on_tenant_created

module = Module("platform", handlers=(on_tenant_created, on_customers_created))

__all__ = ["module"]

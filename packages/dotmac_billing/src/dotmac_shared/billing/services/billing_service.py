"""What billing does; an alias of `dotmac_billing`."""

from dotmac_billing import BillingCycleResult, BillingService

__all__ = ["BillingCycleResult", "BillingService"]

"""The words of billing; an alias of `dotmac_billing`."""

from dotmac_billing import (
    BillingCycle,
    PricingModel,
    SubscriptionStatus,
)

__all__ = [
    "BillingCycle",
    "PricingModel",
    "SubscriptionStatus",
]

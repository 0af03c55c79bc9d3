"""Making billing services; an alias of `dotmac_billing`."""

from dotmac_billing import (
    BillingServiceFactory,
    billing_service_factory,
    create_basic_billing_service,
    create_full_featured_billing_service,
    create_stripe_billing_service,
)

__all__ = [
    "BillingServiceFactory",
    "billing_service_factory",
    "create_basic_billing_service",
    "create_full_featured_billing_service",
    "create_stripe_billing_service",
]

"""What is taken and given; an alias of `dotmac_billing`."""

from dotmac_billing import (
    BillingPlanCreate,
    BillingPlanRecord,
    CustomerCreate,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    SubscriptionCreate,
    SubscriptionRecord,
)

__all__ = [
    "BillingPlanCreate",
    "BillingPlanRecord",
    "CustomerCreate",
    "CustomerRecord",
    "InvoiceRecord",
    "PaymentRecord",
    "SubscriptionCreate",
    "SubscriptionRecord",
]

"""The words and records of billing; an alias of `dotmac_billing`."""

from __future__ import annotations

from dotmac_billing import (
    BillingCycle,
    BillingPeriod,
    ExchangeRateStatus,
    InvoiceStatus,
    PaymentMethod,
    PaymentStatus,
    PricingModel,
    PricingTier,
    SubscriptionStatus,
    TaxType,
    UsageRecord,
)
from dotmac_billing import BillingPlanRecord as BillingPlan
from dotmac_billing import CustomerRecord as Customer
from dotmac_billing import InvoiceRecord as Invoice
from dotmac_billing import PaymentRecord as Payment
from dotmac_billing import SubscriptionRecord as Subscription
from dotmac_billing.library.adapters.table_creation import Base

__all__ = [
    "Base",
    "BillingCycle",
    "BillingPeriod",
    "BillingPlan",
    "Customer",
    "ExchangeRateStatus",
    "Invoice",
    "InvoiceStatus",
    "Payment",
    "PaymentMethod",
    "PaymentStatus",
    "PricingModel",
    "PricingTier",
    "Subscription",
    "SubscriptionStatus",
    "TaxType",
    "UsageRecord",
]

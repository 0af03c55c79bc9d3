"""Records of billing; an alias of `dotmac_billing`."""

from dotmac_billing.library.adapters.records import RecordRepository as BaseBillingRepository
from dotmac_billing.library.customers.repository import CustomerRepository
from dotmac_billing.library.invoices.repository import InvoiceRepository
from dotmac_billing.library.payments.repository import PaymentRepository
from dotmac_billing.library.plans.repository import PlanRepository
from dotmac_billing.library.subscriptions.repository import SubscriptionRepository
from dotmac_billing.library.usage.repository import UsageRepository

__all__ = [
    "BaseBillingRepository",
    "CustomerRepository",
    "InvoiceRepository",
    "PaymentRepository",
    "PlanRepository",
    "SubscriptionRepository",
    "UsageRepository",
]

"""What a program may bring, and what it gets; an alias of `dotmac_billing`."""

from dotmac_billing import (
    BaseRepositoryProtocol,
    BillingAnalyticsProtocol,
    DatabaseSessionProtocol,
    InvoiceServiceProtocol,
    NotificationServiceProtocol,
    PaymentGatewayProtocol,
    PaymentServiceProtocol,
    PdfGeneratorProtocol,
    SubscriptionServiceProtocol,
    TaxCalculationServiceProtocol,
)

__all__ = [
    "BaseRepositoryProtocol",
    "BillingAnalyticsProtocol",
    "DatabaseSessionProtocol",
    "InvoiceServiceProtocol",
    "NotificationServiceProtocol",
    "PaymentGatewayProtocol",
    "PaymentServiceProtocol",
    "PdfGeneratorProtocol",
    "SubscriptionServiceProtocol",
    "TaxCalculationServiceProtocol",
]

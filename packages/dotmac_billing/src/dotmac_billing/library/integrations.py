"""What a billing service is integrated with."""

from __future__ import annotations

from dataclasses import dataclass

from dotmac_billing.library.protocols import (
    NotificationServiceProtocol,
    PaymentGatewayProtocol,
    PdfGeneratorProtocol,
    TaxCalculationServiceProtocol,
)


@dataclass(frozen=True)
class Integrations:
    """The parts of a service; `tax` answers questions."""

    tax: TaxCalculationServiceProtocol
    gateway: PaymentGatewayProtocol | None = None
    gateway_name: str = ""
    notifications: NotificationServiceProtocol | None = None
    pdf: PdfGeneratorProtocol | None = None

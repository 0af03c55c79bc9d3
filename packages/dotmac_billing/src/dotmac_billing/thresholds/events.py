"""Facts about billing thresholds."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class BillingThresholdReached(Event):
    """Usage of a running period was billed, because it came to a threshold of its subscription.

    `measure` is amount, every or quantity (then of `component`). `total` is what the usage of the
    running periods comes to, before discount and tax; the invoice is over what was not billed yet.
    """

    name: ClassVar[str] = "billing.threshold_reached"

    subscription_id: UUID
    customer_id: UUID
    invoice_id: UUID
    measure: str
    threshold: Decimal
    component: str | None
    total: Decimal
    currency: str

"""What is announced of a delivery once it is sent, has arrived, or has failed."""

from __future__ import annotations

from typing import Any

from dotmac_billing.peppol.events import PeppolDelivered, PeppolFailed, PeppolSent
from dotmac_billing.peppol.models import PeppolDelivery
from dotmac_billing.peppol.states import DeliveryStatus
from dotmac_core_events import Event


def announced(delivery: PeppolDelivery) -> Event | None:
    """The fact that its present status is; None while it waits."""
    if delivery.status is DeliveryStatus.SENT:
        return PeppolSent(**_facts(delivery))
    if delivery.status is DeliveryStatus.DELIVERED:
        return PeppolDelivered(**_facts(delivery))
    return failed(delivery) if delivery.status is DeliveryStatus.FAILED else None


def failed(delivery: PeppolDelivery) -> PeppolFailed:
    """That it has failed, and why."""
    return PeppolFailed(
        **_facts(delivery),
        reason_code=delivery.reason_code or "",
        reason=delivery.reason or "",
    )


def _facts(delivery: PeppolDelivery) -> dict[str, Any]:
    return {
        "delivery_id": delivery.id,
        "document_id": delivery.document_id,
        "kind": delivery.kind.value,
        "number": delivery.number,
        "customer_id": delivery.customer_id,
    }

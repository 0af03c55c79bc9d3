"""Facts about documents in the Peppol network."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class PeppolSent(Event):
    """The access point has taken an invoice or a credit note (`kind`)."""

    name: ClassVar[str] = "billing.peppol_sent"

    delivery_id: UUID
    document_id: UUID
    kind: str
    number: str
    customer_id: UUID


class PeppolDelivered(Event):
    """The receiver's access point has confirmed the document."""

    name: ClassVar[str] = "billing.peppol_delivered"

    delivery_id: UUID
    document_id: UUID
    kind: str
    number: str
    customer_id: UUID


class PeppolFailed(Event):
    """The document did not reach its receiver; somebody should look at it and send it again."""

    name: ClassVar[str] = "billing.peppol_failed"

    delivery_id: UUID
    document_id: UUID
    kind: str
    number: str
    customer_id: UUID
    reason_code: str
    reason: str

"""Facts about documents; none says what is in one."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class _OfDocument(Event):
    document_id: UUID
    customer_id: UUID
    kind: str


class DocumentUploaded(_OfDocument):
    """A customer has a new document, or a new version of one."""

    name: ClassVar[str] = "customers.document_uploaded"

    serial: int


class DocumentVerified(_OfDocument):
    """Somebody found the document to be right."""

    name: ClassVar[str] = "customers.document_verified"


class DocumentRejected(_OfDocument):
    """Somebody found the document not to be right."""

    name: ClassVar[str] = "customers.document_rejected"


class DocumentExpiring(_OfDocument):
    """The document expires in at most `days` days; announced once at 30 and once at 7."""

    name: ClassVar[str] = "customers.document_expiring"

    expires_on: date
    days: int


class DocumentExpired(_OfDocument):
    """The document's last day is over."""

    name: ClassVar[str] = "customers.document_expired"

    expires_on: date


class DocumentDeleted(_OfDocument):
    """A document was deleted; its files go after thirty days."""

    name: ClassVar[str] = "customers.document_deleted"


class DocumentInfected(_OfDocument):
    """A file that came in while the scanner was away holds a virus; it was destroyed."""

    name: ClassVar[str] = "customers.document_infected"

    serial: int

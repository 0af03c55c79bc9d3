"""What uploads are accepted, and what is said about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dotmac_core_ops.tenant_settings import TenantSetting
from dotmac_customers.documents.errors import (
    DocumentDatesError,
    DocumentExpiredError,
    DocumentTypeError,
)
from dotmac_customers.documents.inspection import ACCEPTABLE
from dotmac_customers.documents.kinds import DocumentKind

DEFAULT_MAX_BYTES = 25_000_000
"""The largest file, in bytes, unless the tenant chose otherwise."""

LARGEST_BYTES = 1_000_000_000
"""The largest file that any tenant can choose to accept."""

MAX_BYTES = TenantSetting(
    "documents.max_bytes",
    DEFAULT_MAX_BYTES,
    "The largest document that is accepted, in bytes.",
    minimum=1024,
    maximum=LARGEST_BYTES,
)
MEDIA_TYPES = TenantSetting(
    "documents.media_types",
    tuple(sorted(ACCEPTABLE)),
    "The types of documents that are accepted, by their content.",
    choices=tuple(sorted(ACCEPTABLE)),
    minimum=1,
)
PORTAL_UPLOADS = TenantSetting(
    "documents.portal_uploads",
    default=False,
    description="Customers upload documents in the portal, too.",
)
SETTINGS = (MAX_BYTES, MEDIA_TYPES, PORTAL_UPLOADS)
"""All that a tenant sets about documents."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a tenant accepts: the largest file in bytes, the types, and whether from customers."""

    max_bytes: int = DEFAULT_MAX_BYTES
    media_types: tuple[str, ...] = tuple(sorted(ACCEPTABLE))
    portal_uploads: bool = False

    def as_set(self, values: Mapping[str, Any]) -> Accepted:
        """The same with what a tenant has set, by key, as it came in JSON."""
        return Accepted(
            MAX_BYTES.read(values.get(MAX_BYTES.key, self.max_bytes)),
            MEDIA_TYPES.read(values.get(MEDIA_TYPES.key, self.media_types)),
            PORTAL_UPLOADS.read(values.get(PORTAL_UPLOADS.key, self.portal_uploads)),
        )

    def changes(self) -> dict[str, Any]:
        """All of it as settings, by key, as JSON has them."""
        return {
            MAX_BYTES.key: self.max_bytes,
            MEDIA_TYPES.key: list(self.media_types),
            PORTAL_UPLOADS.key: self.portal_uploads,
        }

    def require(self, media_type: str) -> None:
        """Refuse what is not accepted.

        Raises:
            DocumentTypeError: it is of another type.
        """
        if media_type not in self.media_types:
            raise DocumentTypeError(media_type, "Files of this type are not accepted.")


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What people say about a document. `expires_on` is the last day on which it counts.

    What `is_shared` is seen by the customer in the portal.
    """

    kind: DocumentKind
    title: str = ""
    number: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    is_private: bool = False
    is_shared: bool = False

    def require_sound(self, today: date) -> None:
        """Refuse days that cannot be.

        Raises:
            DocumentExpiredError: its last day is over.
            DocumentDatesError: it is issued in the future, or after it expires.
        """
        if self.expires_on is not None and self.expires_on < today:
            raise DocumentExpiredError(self.expires_on)
        if self.issued_on is not None and (
            self.issued_on > today
            or (self.expires_on is not None and self.issued_on > self.expires_on)
        ):
            raise DocumentDatesError

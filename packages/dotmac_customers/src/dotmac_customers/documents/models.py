"""Documents as stored, and which change of state is legal."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_customers.documents.errors import DocumentNotVerifiableError
from dotmac_customers.documents.kinds import DocumentKind, ScanState, Verification
from dotmac_customers.mapped_base import CustomersBase


class Document(TenantOwned, CustomersBase):
    """A document of a customer; its files are its versions, the latest of them counts."""

    __tablename__ = "documents"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "id"),
        tenant_index(
            "expires_on",
            name="ix_documents_expiring",
            where="expires_on IS NOT NULL AND deleted_at IS NULL AND verification <> 'expired'",
        ),
        tenant_index("deleted_at", name="ix_documents_deleted", where="deleted_at IS NOT NULL"),
    )

    customer_id: Mapped[UUID] = mapped_column(sa.Uuid())
    kind: Mapped[DocumentKind] = mapped_column(enum_type(DocumentKind))
    title: Mapped[str] = mapped_column(sa.Text())
    number: Mapped[str | None] = mapped_column(sa.Text())
    issued_on: Mapped[date | None] = mapped_column(sa.Date())
    # The last day on which it counts.
    expires_on: Mapped[date | None] = mapped_column(sa.Date())
    announced_days: Mapped[int | None] = mapped_column(sa.SmallInteger())
    is_private: Mapped[bool] = mapped_column(sa.Boolean())
    # The customer sees it in the portal.
    is_shared: Mapped[bool] = mapped_column(sa.Boolean(), server_default=sa.false())
    verification: Mapped[Verification] = mapped_column(enum_type(Verification))
    verified_by: Mapped[str | None] = mapped_column(sa.Text())
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    verification_note: Mapped[str | None] = mapped_column(sa.Text())
    serial: Mapped[int] = mapped_column(sa.Integer())
    version: Mapped[int] = mapped_column(sa.Integer())
    created_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    deleted_by: Mapped[str | None] = mapped_column(sa.Text())
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)

    def decide(self, outcome: Verification, by: str, note: str | None, now: datetime) -> None:
        """Say what somebody found: `verified` or `rejected`; it can be said anew.

        Raises:
            DocumentNotVerifiableError: it has expired.
        """
        if self.verification is Verification.EXPIRED:
            raise DocumentNotVerifiableError(self.verification)
        self.verification, self.verification_note = outcome, note
        self.verified_by, self.verified_at = by, now
        self.changed(now)

    def renew(self, now: datetime) -> None:
        """Count a new version of the file: nobody has looked at that one."""
        self.serial += 1
        self.verification = Verification.PENDING
        self.verified_by = self.verified_at = self.verification_note = None
        self.changed(now)

    def changed(self, now: datetime) -> None:
        """Count a change."""
        self.version += 1
        self.updated_at = now


class DocumentVersion(TenantOwned, CustomersBase):
    """A file of a document: what it is, its SHA-256, and whether it was looked through.

    `file_id` names the bytes in the file store; None once they were destroyed.
    """

    __tablename__ = "document_versions"
    __table_args__ = (
        tenant_foreign_key("document_id", "customers.documents"),
        tenant_unique("document_id", "serial"),
        tenant_index("file_id"),
        tenant_index("id", name="ix_document_versions_unscanned", where="scan = 'unscanned'"),
    )

    document_id: Mapped[UUID] = mapped_column(sa.Uuid())
    serial: Mapped[int] = mapped_column(sa.Integer())
    file_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    file_name: Mapped[str] = mapped_column(sa.Text())
    media_type: Mapped[str] = mapped_column(sa.Text())
    size: Mapped[int] = mapped_column(sa.BigInteger())
    sha256: Mapped[bytes] = mapped_column(sa.LargeBinary())
    scan: Mapped[ScanState] = mapped_column(enum_type(ScanState))
    signature: Mapped[str | None] = mapped_column(sa.Text())
    scanned_at: Mapped[datetime | None] = mapped_column(Instant)
    uploaded_by: Mapped[str] = mapped_column(sa.Text())
    uploaded_at: Mapped[datetime] = mapped_column(Instant)


class DocumentSettings(CustomersBase):
    """What a tenant accepts: the largest file in bytes, and the types."""

    __tablename__ = "document_settings"

    tenant_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, server_default=sa.text("core.current_tenant()")
    )
    max_bytes: Mapped[int] = mapped_column(sa.BigInteger())
    media_types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))

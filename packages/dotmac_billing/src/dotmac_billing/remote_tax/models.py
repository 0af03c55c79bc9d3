"""Documents that a tax service keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.mapped_base import BillingBase
from dotmac_billing.remote_tax.states import TaxDocumentStatus
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_core_ops.database import (
    Instant,
    Json,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)


class TaxDocument(TenantOwned, BillingBase):
    """An invoice or a credit note whose tax `service` knows; `id` is theirs and its code there.

    `facts` are where it was sold from and to, as they were then: what is credited later goes back
    to the same place.
    """

    __tablename__ = "tax_documents"
    __table_args__ = (
        tenant_foreign_key("invoice_id", "billing.invoices"),
        tenant_index("invoice_id", name="ix_tax_documents_invoice"),
    )

    invoice_id: Mapped[UUID]
    service: Mapped[TaxCalculatorName] = mapped_column(enum_type(TaxCalculatorName))
    status: Mapped[TaxDocumentStatus] = mapped_column(enum_type(TaxDocumentStatus))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)

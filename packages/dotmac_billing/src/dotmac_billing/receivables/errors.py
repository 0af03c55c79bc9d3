"""Refusals of reading invoices."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import NotFoundError


class InvoiceNotFoundError(NotFoundError):
    """There is no invoice with this id."""

    code = "INVOICE_NOT_FOUND"

    def __init__(self, invoice_id: UUID) -> None:
        super().__init__("There is no such invoice.", invoice_id=str(invoice_id))

"""The words of the founding documents, and what they mean here."""

from __future__ import annotations

from enum import Enum


class InvoiceStatus(Enum):
    """What an invoice is, in the founding words.

    `PENDING` is issued and not sent yet; both it and `SENT` are open. `CANCELLED` is void,
    `REFUNDED` one that was credited in full. `OVERDUE` follows from the day it is read on. Two have
    no founding word: `PARTIALLY_PAID`, and `UNCOLLECTIBLE`.
    """

    DRAFT = "draft"
    PENDING = "pending"
    SENT = "sent"
    PAID = "paid"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_PAID = "partially_paid"
    UNCOLLECTIBLE = "uncollectible"

    @classmethod
    def _missing_(cls, value: object) -> InvoiceStatus | None:
        return {"open": cls.PENDING, "void": cls.CANCELLED}.get(str(value))


class PaymentStatus(Enum):
    """What became of a payment. Money that came in is `COMPLETED`."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class PaymentMethod(Enum):
    """In which way somebody pays; what a gateway calls the method itself is another thing."""

    CREDIT_CARD = "credit_card"
    DEBIT_CARD = "debit_card"
    BANK_TRANSFER = "bank_transfer"
    ACH = "ach"
    PAYPAL = "paypal"
    STRIPE = "stripe"
    CHECK = "check"
    CASH = "cash"
    WIRE = "wire"
    CRYPTOCURRENCY = "cryptocurrency"


class TaxType(Enum):
    """Kinds of tax; with a registered tax service its word becomes the tax's code."""

    SALES_TAX = "sales_tax"
    VAT = "vat"
    GST = "gst"
    EXCISE_TAX = "excise_tax"
    NONE = "none"


PROCESSED = "processed elsewhere"
"""The reason of corrections by which usage is taken out of the next bill."""

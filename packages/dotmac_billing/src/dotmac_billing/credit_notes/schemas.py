"""HTTP shapes of credit notes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.credit_notes.asked import LineCredit, NewCreditNote, Remainder
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.payments.schemas import Amount, ApprovalId, Text
from dotmac_billing.subscriptions.schemas import Day, Quantity
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

MOST_LINES = 500
Memo = Annotated[str, Field(min_length=1, max_length=1000, examples=["Outage on 3 November"])]


class LineCreditIn(RequestModel):
    """What is taken back of a line: a quantity of it or an amount before tax, else all of it."""

    line_id: UUID
    quantity: Quantity | None = None
    amount: Amount | None = None


class CreditNoteIn(RequestModel):
    """A credit note. Without `lines` and `amount` all that is left of the invoice is taken back.

    `amount` is with tax and is spread over the lines in proportion. What the invoice does not need
    any more becomes `credit` of the customer, or is noted as a `refund` to be paid back.
    """

    invoice_id: UUID
    reason: CreditReason = CreditReason.OTHER
    lines: Annotated[list[LineCreditIn], Field(max_length=MOST_LINES)] = []
    amount: Amount | None = None
    memo: Memo | None = None
    remainder: Remainder = Remainder.CREDIT
    issued_on: Day | None = None
    approval_id: ApprovalId = None

    def new_credit_note(self) -> NewCreditNote:
        """As credit notes take it."""
        return NewCreditNote(
            invoice_id=self.invoice_id,
            reason=self.reason,
            lines=tuple(LineCredit(**dict(line)) for line in self.lines),
            amount=self.amount,
            memo=self.memo,
            remainder=self.remainder,
            issued_on=self.issued_on,
            approval_id=self.approval_id,
        )


class RefundIn(RequestModel):
    """Money that was paid back to the customer for a credit note."""

    amount: Amount
    paid_on: Day
    reference: Text | None = None
    approval_id: ApprovalId = None


class CreditNoteLineOut(ResponseModel):
    """What is taken back of a line of the invoice, before tax."""

    invoice_line_id: UUID
    position: int
    description: str
    quantity: JsonMoney
    unit_price: JsonMoney
    net: JsonMoney
    tax_code: str | None
    tax_rate: JsonMoney | None


class CreditNoteTaxOut(ResponseModel):
    """What is taken back of a tax; the rate is a fraction."""

    tax_code: str
    name: str
    category: str
    rate: JsonMoney
    net: JsonMoney
    tax: JsonMoney


class CreditNoteOut(ResponseModel):
    """A credit note; amounts are positive.

    `settled` of the total took off what was due, `credited` is for later invoices, `to_refund` is
    to be paid back and `refunded` of that was.
    """

    id: UUID
    number: str
    invoice_id: UUID
    invoice_number: str
    customer_id: UUID
    customer_name: str
    issued_on: date
    currency: str
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    reason: CreditReason
    memo: str | None
    settled: JsonMoney
    credited: JsonMoney
    to_refund: JsonMoney
    refunded: JsonMoney
    refunded_on: date | None
    created_at: datetime


class CreditNoteDetailOut(CreditNoteOut):
    """A credit note with its lines and taxes."""

    lines: list[CreditNoteLineOut]
    taxes: list[CreditNoteTaxOut]


class CreditNotePreviewOut(ResponseModel):
    """What a credit note would take back, and what would become of it."""

    invoice_id: UUID
    issued_on: date
    currency: str
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    settled: JsonMoney
    credited: JsonMoney
    to_refund: JsonMoney
    lines: list[CreditNoteLineOut]

"""HTTP shapes of payments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.payments.credit import PaymentKind
from dotmac_billing.payments.received import NewPayment
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

HIGHEST_PAYMENT = Decimal(10) ** 12
Amount = Annotated[JsonMoney, Field(gt=0, le=HIGHEST_PAYMENT, decimal_places=4, examples=[79.99])]
Text = Annotated[str, Field(min_length=1, max_length=200)]
ApprovalId = Annotated[
    UUID | None,
    Field(description="The agreement of a second person, where one is needed: see `/approvals`."),
]


class AllocationIn(RequestModel):
    """A part of the payment for one invoice."""

    invoice_id: UUID
    amount: Amount


class PaymentIn(RequestModel):
    """Money received. Without `allocations` it pays the oldest debts first.

    What pays no invoice is credit that the customer's next invoice takes. Without `currency` it is
    the customer's. A second payment with the same `external_id` is the first one again.
    """

    customer_id: UUID
    amount: Amount
    received_on: Day
    method: Annotated[Text, Field(examples=["bank_transfer"])] = "other"
    currency: CurrencyCode | None = None
    reference: Text | None = None
    external_id: Text | None = None
    allocations: Annotated[list[AllocationIn], Field(max_length=200)] | None = None

    def new_payment(self) -> NewPayment:
        """As payments take it; parts for the same invoice are added up."""
        allocate: dict[UUID, Decimal] | None = None
        if self.allocations is not None:
            allocate = {}
            for part in self.allocations:
                so_far = allocate.get(part.invoice_id, Decimal(0))
                allocate[part.invoice_id] = so_far + part.amount
        return NewPayment(
            customer_id=self.customer_id,
            amount=self.amount,
            received_on=self.received_on,
            method=self.method,
            currency=self.currency,
            reference=self.reference,
            external_id=self.external_id,
            allocate=allocate,
        )


class AllocationOut(ResponseModel):
    """A part of a payment that pays an invoice."""

    invoice_id: UUID
    number: str
    amount: JsonMoney
    allocated_on: date


class PaymentOut(ResponseModel):
    """A payment with what it pays; `unapplied` of it is credit.

    `withheld` of it went to the customer's tax office instead of to us.

    A credit note, or an invoice below zero (`source_id`), leaves credit that is listed by its kind.
    """

    id: UUID
    customer_id: UUID
    amount: JsonMoney
    withheld: JsonMoney
    currency: str
    method: str
    received_on: date
    reference: str | None
    external_id: str | None
    kind: PaymentKind
    source_id: UUID | None
    created_at: datetime
    unapplied: JsonMoney
    allocations: list[AllocationOut]

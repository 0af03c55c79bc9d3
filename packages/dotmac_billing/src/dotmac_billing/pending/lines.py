"""A line that waits for the next invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.receivables.states import LineKind


@dataclass(frozen=True, slots=True)
class NewPendingLine:
    """What the next invoice of a subscription, or of a customer when it has none, will contain.

    `amount` is rounded to the currency and signed (a credit is below zero); it is before tax unless
    `includes_tax`. `own_off` of it is what a phase of the plan takes off. `tax_code` names a tax or
    a category as on a component; `reverses_line_id` is the invoice line that a credit takes back:
    its own tax, as it was charged, then holds instead.
    `bill_from` is the first day on which it may be billed; the period is half-open.
    """

    customer_id: UUID
    kind: LineKind
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    currency: str
    bill_from: date
    subscription_id: UUID | None = None
    component_id: UUID | None = None
    item_id: UUID | None = None
    period_start: date | None = None
    period_end: date | None = None
    tax_code: str | None = None
    includes_tax: bool = False
    reverses_line_id: UUID | None = None
    explanation: str | None = None
    own_off: Decimal = Decimal(0)

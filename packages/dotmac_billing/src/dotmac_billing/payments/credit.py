"""Credit that did not come in as money: of a credit note, or of an invoice below zero."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID


class PaymentKind(Enum):
    """What a row among the payments is; only `PAYMENT` is money that came in."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    INVOICE_CREDIT = "invoice_credit"


class NewCredit(NamedTuple):
    """Credit of a customer. `used` of it settles invoices at once, the rest later ones take.

    `id` is the payment's; `source_id` is the credit note's or the invoice's, and makes a second
    one impossible. `reference` is the source's number.
    """

    id: UUID
    customer_id: UUID
    currency: str
    amount: Decimal
    on: date
    kind: PaymentKind
    source_id: UUID
    reference: str
    used: Decimal = Decimal(0)


class CreditRows(NamedTuple):
    """Rows of `payments` and `payment_balances`, in the order of `credit_tables`' columns."""

    payments: list[tuple[Any, ...]]
    balances: list[tuple[Any, ...]]


def credit_rows(new_credits: Iterable[NewCredit], created_at: datetime) -> CreditRows:
    """The rows of many credits; `payments.repository.credit_tables` writes them.

    They have no entry in the books of their own: the entry of the credit note, or of the invoice
    below zero, already takes the amount off what the customer owes.
    """
    rows = CreditRows([], [])
    for new in new_credits:
        kind = new.kind.value
        rows.payments.append(
            (
                *(new.id, new.customer_id, new.amount, new.currency, kind, new.on),
                *(new.reference, kind, new.source_id, created_at),
            )
        )
        left = new.amount - new.used
        rows.balances.append((new.id, new.customer_id, new.currency, new.on, left))
    return rows

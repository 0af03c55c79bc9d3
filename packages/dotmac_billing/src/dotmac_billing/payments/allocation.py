"""Which invoices a payment pays, and which payments an invoice takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableSequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from dotmac_billing.payments.errors import AllocationTooLargeError, InvoiceNotPayableError

_NOTHING = Decimal(0)


@dataclass(slots=True)
class Debt:
    """What is still owed on an invoice; `due` goes down as it is paid."""

    invoice_id: UUID
    due: Decimal


@dataclass(slots=True)
class Credit:
    """What is left of a payment; `left` goes down as it is used."""

    payment_id: UUID
    left: Decimal


def pay_oldest_first(amount: Decimal, debts: Iterable[Debt]) -> list[tuple[UUID, Decimal]]:
    """Invoice and amount, in the order of `debts`, until `amount` is used up. Takes it off them."""
    paid: list[tuple[UUID, Decimal]] = []
    for debt in debts:
        if amount <= 0:
            break
        part = min(amount, debt.due)
        if part > 0:
            debt.due -= part
            amount -= part
            paid.append((debt.invoice_id, part))
    return paid


def pay_as_told(
    amount: Decimal, wanted: Mapping[UUID, Decimal], debts: Iterable[Debt]
) -> list[tuple[UUID, Decimal]]:
    """Exactly the parts `wanted`, by invoice. Takes them off `debts`.

    Raises:
        AllocationTooLargeError: together more than `amount`, or more than an invoice needs, or
            not more than nothing.
        InvoiceNotPayableError: an invoice is not among `debts`.
    """
    asked = sum(wanted.values(), _NOTHING)
    if asked > amount:
        raise AllocationTooLargeError(asked, amount)
    by_invoice = {debt.invoice_id: debt for debt in debts}
    for invoice_id, part in wanted.items():
        debt = by_invoice.get(invoice_id)
        if debt is None:
            raise InvoiceNotPayableError(invoice_id)
        if not 0 < part <= debt.due:
            raise AllocationTooLargeError(part, debt.due)
        debt.due -= part
    return list(wanted.items())


def take_credit(due: Decimal, left: MutableSequence[Credit]) -> list[tuple[UUID, Decimal]]:
    """Payment and amount, in the order of `left`, until `due` is covered. Takes it off them.

    Credits that are used up are removed from `left`.
    """
    taken: list[tuple[UUID, Decimal]] = []
    while due > 0 and left:
        credit = left[0]
        part = min(due, credit.left)
        credit.left -= part
        due -= part
        taken.append((credit.payment_id, part))
        if credit.left <= 0:
            del left[0]
    return taken

"""What is said about a payment that came in, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.payments.errors import (
    PaymentInFutureError,
    PaymentNotPositiveError,
    WithheldTooLargeError,
)
from dotmac_core_ops.money import round_money


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money received. `currency` None means the customer's.

    `withheld` is the part of `amount` that did not come in: the customer paid it to its tax office
    in the seller's name. Invoices are settled by the whole amount.

    `allocate` says how much of it pays which invoice, and the rest stays credit; without it the
    oldest debts are paid first. `external_id` makes a second recording of it a no-op.
    """

    customer_id: UUID
    amount: Decimal
    received_on: date
    method: str = "other"
    currency: str | None = None
    reference: str | None = None
    external_id: str | None = None
    allocate: Mapping[UUID, Decimal] | None = None
    withheld: Decimal = Decimal(0)


@dataclass(frozen=True)
class PaymentsRecorded:
    """How many are new, how many external ids were known, and the new ones' ids, in their order."""

    recorded: int
    skipped: int
    ids: tuple[UUID, ...] = field(repr=False)


def require_sound(payment: NewPayment, currency: str, today: date) -> None:
    """Refuse what cannot have been received.

    Raises:
        PaymentNotPositiveError: nothing or less, or a fraction of a minor unit.
        WithheldTooLargeError: more was withheld than the payment is over, or less than nothing.
        PaymentInFutureError: received after `today`.
        InvalidCurrencyError: not an ISO 4217 currency.
    """
    amount = payment.amount
    if not amount.is_finite() or amount <= 0 or amount != round_money(amount, currency):
        raise PaymentNotPositiveError(amount, currency)
    withheld = payment.withheld
    if not 0 <= withheld <= amount or withheld != round_money(withheld, currency):
        raise WithheldTooLargeError(withheld, amount)
    if payment.received_on > today:
        raise PaymentInFutureError(payment.received_on)

"""An invoice made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.assembly.charging import LARGEST_LINE
from dotmac_billing.assembly.errors import InvoiceTooLargeError
from dotmac_billing.assembly.line import Charge
from dotmac_billing.receivables.states import LineKind
from dotmac_core_ops.money import round_money


@dataclass(frozen=True)
class NewLine:
    """A line of an invoice made by hand; `unit_price` exact, before tax unless `includes_tax`.

    `taxed_as` is an issued line whose taxes it bears, as they were then, in place of a tax code.
    """

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_code: str | None = None
    includes_tax: bool = False
    taxed_as: UUID | None = None


@dataclass(frozen=True)
class NewInvoice:
    """An invoice made by hand. `issued_on` None means today, `currency` None the customer's.

    With `corrects_id` it is a debit note that adds to that invoice.
    """

    customer_id: UUID
    lines: tuple[NewLine, ...]
    issued_on: date | None = None
    due_on: date | None = None
    currency: str | None = None
    corrects_id: UUID | None = None


def charge_of(new: NewLine, currency: str) -> Charge:
    """The line as it is charged, rounded to the currency.

    Raises:
        InvoiceTooLargeError: it is over more than a million millions.
    """
    amount = new.quantity * new.unit_price
    if abs(amount) > LARGEST_LINE:
        raise InvoiceTooLargeError(new.description, amount, LARGEST_LINE)
    return Charge(
        kind=LineKind.MANUAL,
        subscription_id=None,
        plan_id=None,
        item_id=None,
        component_id=None,
        component_code=None,
        description=new.description,
        quantity=new.quantity,
        unit_price=new.unit_price,
        amount=round_money(amount, currency),
        own_off=Decimal(0),
        tax_code=new.tax_code,
        includes_tax=new.includes_tax,
        period_start=None,
        period_end=None,
    )

"""A line of an invoice: first what is charged, then with what was taken off it and its tax."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.billed import Billed
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.tax.treatment import Treatment


class Charge(NamedTuple):
    """A line before discount and tax.

    `amount` is rounded to the currency and signed; with tax in it when `includes_tax`. `own_off` is
    what the price itself takes off (a phase's discount), already rounded. `treatment` is set when
    the tax is given: that of the line which a credit takes back. `before` is what of it was billed
    already: discounts go by the whole, and the line is what is left.
    """

    kind: LineKind
    subscription_id: UUID | None
    plan_id: UUID | None
    item_id: UUID | None
    component_id: UUID | None
    component_code: str | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    own_off: Decimal
    tax_code: str | None
    includes_tax: bool
    period_start: date | None
    period_end: date | None
    explanation: str | None = None
    reverses_line_id: UUID | None = None
    treatment: Treatment | None = None
    pending_id: UUID | None = None
    before: Billed | None = None


class Line(NamedTuple):
    """A line as it is stored, in the order of the columns.

    `gross` is before, `net` after discount; `gross` and `discount` have tax in them when the price
    has, `net` never. `gross` None means that it equals `net`. `tax` is the line's share of the
    tax, for information: the invoice's tax is that of its groups.
    """

    item_id: UUID | None
    component_id: UUID | None
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str | None
    tax_rate: Decimal | None
    period_start: date | None
    period_end: date | None
    kind: str
    gross: Decimal | None
    discount: Decimal
    tax: Decimal
    explanation: str | None
    reverses_line_id: UUID | None
    subscription_id: UUID | None

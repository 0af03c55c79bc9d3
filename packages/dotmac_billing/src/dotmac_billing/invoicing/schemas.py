"""HTTP shapes of making invoices, and of looking at those to come."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.assembly.line import Line
from dotmac_billing.catalog.schemas import Code, Price
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import MOST_PREVIEWED
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day, Quantity
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

MOST_LINES = 200


class LineIn(RequestModel):
    """A line; the price of a unit is before tax unless it includes it."""

    description: Annotated[str, Field(min_length=1, max_length=500, examples=["Installation"])]
    quantity: Quantity = Decimal(1)
    unit_price: Price
    tax_code: Code | None = None
    includes_tax: bool = False


class InvoiceIn(RequestModel):
    """An invoice made by hand. Without `issued_on` today, without `due_on` the usual terms.

    Without `currency` it is in the customer's.
    """

    customer_id: UUID
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MOST_LINES)]
    issued_on: Day | None = None
    due_on: Day | None = None
    currency: CurrencyCode | None = None

    def new_invoice(self) -> NewInvoice:
        """As invoicing takes it."""
        lines = tuple(NewLine(**dict(line)) for line in self.lines)
        return NewInvoice(
            self.customer_id, lines, self.issued_on, self.due_on, currency=self.currency
        )


class PreviewIn(RequestModel):
    """How many of the coming periods are wanted."""

    periods: Annotated[int, Field(ge=1, le=MOST_PREVIEWED, examples=[3])] = 1


class PreviewLineOut(ResponseModel):
    """A line of an invoice to come."""

    description: str
    quantity: JsonMoney
    unit_price: JsonMoney
    kind: LineKind
    gross: JsonMoney | None
    discount: JsonMoney
    net: JsonMoney
    tax: JsonMoney
    tax_code: str | None
    tax_rate: JsonMoney | None
    period_start: date | None
    period_end: date | None
    explanation: dict[str, Any] | None


class PreviewOut(ResponseModel):
    """An invoice to come, as a bill run would make it if nothing changes until `bill_on`."""

    bill_on: date
    customer_id: UUID
    subscription_id: UUID | None
    period_start: date | None
    period_end: date | None
    currency: str
    discount: JsonMoney
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    lines: list[PreviewLineOut]


def shown_draft(draft: Draft) -> dict[str, Any]:
    """An invoice to come, with the explanations of its lines as JSON."""
    sums = draft.totals
    return {
        "bill_on": draft.bill_on,
        "customer_id": draft.customer_id,
        "subscription_id": draft.subscription_id,
        "period_start": draft.period_start,
        "period_end": draft.period_end,
        "currency": draft.currency,
        "discount": sums.discount,
        "net": sums.net,
        "tax": sums.tax,
        "total": sums.total,
        "lines": [shown(line) for line in draft.lines],
    }


def shown(line: Line) -> dict[str, Any]:
    """A line of an invoice to come with its explanation as JSON."""
    explanation = None if line.explanation is None else json.loads(line.explanation)
    return {**line._asdict(), "explanation": explanation}

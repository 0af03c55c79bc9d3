"""What a real bill run made, in the form of what a simulation answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.assembly.line import Line
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

_INVOICES = """
SELECT id, issued_on, due_on, currency, period_start, period_end, net, tax, total
FROM billing.invoices ORDER BY sequence
"""
_LINES = """
SELECT l.* FROM billing.invoice_lines l JOIN billing.invoices i ON i.id = l.invoice_id
ORDER BY i.sequence, l.position
"""
_PRICE_DIGITS = Decimal("1E-12")


class Figures(NamedTuple):
    """An invoice with all that is printed on it; lines are what they say, by name."""

    on: date
    due_on: date
    currency: str
    period: tuple[date | None, date | None]
    sums: tuple[Decimal, Decimal, Decimal]
    lines: list[dict[str, Any]]


def simulated(drafts: Sequence[Draft]) -> list[Figures]:
    return [
        Figures(
            draft.issued_on,
            draft.due_on,
            draft.currency,
            (draft.period_start, draft.period_end),
            (draft.totals.net, draft.totals.tax, draft.totals.total),
            [_said(line) for line in draft.lines],
        )
        for draft in drafts
    ]


async def issued(database: Database, tenant: Tenant) -> list[Figures]:
    async with database.read(tenant.id) as connection:
        invoices = await connection.fetch(_INVOICES)
        lines = await connection.fetch(_LINES)
    return [
        Figures(
            invoice["issued_on"],
            invoice["due_on"],
            invoice["currency"],
            (invoice["period_start"], invoice["period_end"]),
            (invoice["net"], invoice["tax"], invoice["total"]),
            [_stored(line) for line in lines if line["invoice_id"] == invoice["id"]],
        )
        for invoice in invoices
    ]


_SAME = (
    *("description", "quantity", "net", "gross", "discount", "tax", "kind"),
    *("tax_code", "tax_rate", "period_start", "period_end"),
)


def _said(line: Line) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in _SAME},
        "unit_price": line.unit_price.quantize(_PRICE_DIGITS),
        "explanation": None if line.explanation is None else json.loads(line.explanation),
    }


def _stored(row: Any) -> dict[str, Any]:  # noqa: ANN401 (a row, read by the names of its columns)
    explanation = row["explanation"]
    return {
        **{name: row[name] for name in _SAME},
        "unit_price": row["unit_price"],
        "explanation": None if explanation is None else json.loads(explanation),
    }

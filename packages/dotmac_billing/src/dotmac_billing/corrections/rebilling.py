"""The lines of a void invoice, to wait for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.receivables.states import LineKind


def waiting_again(
    lines: Iterable[Mapping[str, Any]], *, customer_id: UUID, currency: str, on: date
) -> list[NewPendingLine]:
    """Each line as it was: before its discount, with its tax code, of its subscription and period.

    Discounts and tax are those of the day on which it is billed again. A line that took back
    another one does so again.
    """
    return [
        NewPendingLine(
            customer_id=customer_id,
            kind=LineKind(line["kind"]),
            description=line["description"],
            quantity=line["quantity"],
            unit_price=line["unit_price"],
            amount=_amount(line),
            currency=currency,
            bill_from=on,
            subscription_id=line["subscription_id"],
            component_id=line["component_id"],
            item_id=line["item_id"],
            period_start=line["period_start"],
            period_end=line["period_end"],
            tax_code=line["tax_code"],
            reverses_line_id=line["reverses_line_id"],
            explanation=line["explanation"],
        )
        for line in lines
    ]


def _amount(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line["net"] + line["discount"])

"""The lines of a void invoice, to wait for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.receivables.states import LineKind
from dotmac_core_ops.money import round_money


def waiting_again(
    lines: Iterable[Mapping[str, Any]], *, customer_id: UUID, currency: str, on: date
) -> list[NewPendingLine]:
    """Each line as it was: before coupons, with its tax code, of its subscription and period.

    What a phase of its plan takes off stays off. Coupons and tax are those of the day on which it
    is billed again. A line that took back another one does so again.
    """
    return [
        NewPendingLine(
            customer_id=customer_id,
            kind=LineKind(line["kind"]),
            description=line["description"],
            quantity=line["quantity"],
            unit_price=line["unit_price"],
            amount=_amount(line, currency),
            currency=currency,
            bill_from=on,
            subscription_id=line["subscription_id"],
            component_id=line["component_id"],
            item_id=line["item_id"],
            period_start=line["period_start"],
            period_end=line["period_end"],
            tax_code=line["tax_code"],
            includes_tax=line["includes_tax"],
            reverses_line_id=line["reverses_line_id"],
            explanation=line["explanation"],
        )
        for line in lines
    ]


def _amount(line: Mapping[str, Any], currency: str) -> Decimal:
    if line["kind"] == LineKind.ADJUSTMENT.value:
        return Decimal(line["net"])  # what is given back is less what had been taken off it
    price = line["net"] if line["gross"] is None else line["gross"]
    if line["component_id"] is None:
        price = line["net"] + line["discount"]
    return Decimal(price - round_money(price * (line["percent_off"] or 0), currency))

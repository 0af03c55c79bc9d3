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

    What a phase of its plan takes off is taken off again, and what was given back is given back
    with what had been taken off it. Coupons and tax are those of the day on which it is billed
    again. A line that took back another one does so again.
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
            includes_tax=_amount(line) - line["discount"] != line["net"],
            reverses_line_id=line["reverses_line_id"],
            explanation=line["explanation"],
            own_off=_own_off(line, currency),
        )
        for line in lines
    ]


def _amount(line: Mapping[str, Any]) -> Decimal:
    """Before discount, with the tax in it where the price has it; so its discount is as well."""
    return Decimal(line["net"] if line["gross"] is None else line["gross"])


def _own_off(line: Mapping[str, Any], currency: str) -> Decimal:
    amount = _amount(line)
    if amount < 0:
        return Decimal(line["discount"])  # no coupon takes anything off what is given back
    return round_money(amount * (line["percent_off"] or 0), currency)

"""Lines of a draft as they are stored: figures as text, so that none is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dotmac_billing.invoicing.manual import NewLine
from dotmac_core_ops.money import round_money

_ONE = Decimal(1)


def stored(lines: Iterable[NewLine]) -> list[dict[str, Any]]:
    """Lines as JSON."""
    return [
        {
            "description": line.description,
            "quantity": str(line.quantity),
            "unit_price": str(line.unit_price),
            "tax_code": line.tax_code,
            "includes_tax": line.includes_tax,
        }
        for line in lines
    ]


def lines_of(rows: Iterable[Mapping[str, Any]]) -> tuple[NewLine, ...]:
    """Lines from JSON."""
    return tuple(
        NewLine(
            row["description"],
            Decimal(row["quantity"]),
            Decimal(row["unit_price"]),
            row["tax_code"],
            row["includes_tax"],
        )
        for row in rows
    )


def copied(rows: Iterable[Mapping[str, Any]], currency: str) -> list[NewLine]:
    """Lines of an invoice to be written again, before their discounts.

    A line whose amount is not its quantity times its price (tiers, days of a month) becomes one
    unit of its amount.
    """
    found = []
    for row in rows:
        amount = row["net"] + row["discount"]
        quantity, price = row["quantity"], row["unit_price"]
        if round_money(quantity * price, currency) != amount:
            quantity, price = _ONE, amount
        found.append(NewLine(row["description"], quantity, price, row["tax_code"]))
    return found


def amount(lines: Sequence[NewLine], currency: str) -> Decimal:
    """What the lines sum to, each rounded to the currency; before discounts and tax."""
    return sum(
        (round_money(line.quantity * line.unit_price, currency) for line in lines), Decimal(0)
    )

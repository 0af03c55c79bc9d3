"""Statements as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable

from dotmac_billing.statements.statement import Statement
from dotmac_core_ops.spreadsheet import csv_text as lines

COLUMNS = ("currency", "date", "kind", "number", "description", "amount", "balance")


def csv_text(statements: Iterable[Statement]) -> str:
    """A line of headings; then for each statement its opening, its movements and its closing."""
    rows: list[tuple[object, ...]] = [COLUMNS]
    for one in statements:
        currency = one.currency
        rows.append((currency, one.from_on, "opening", "", "Opening balance", "", one.opening))
        rows += [
            (
                *(currency, move.on, move.kind, move.number or "", move.description),
                *(move.amount, move.balance),
            )
            for move in one.movements
        ]
        rows.append((currency, one.to_on, "closing", "", "Closing balance", "", one.closing))
    return lines(rows)

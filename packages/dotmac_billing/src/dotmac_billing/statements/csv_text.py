"""Statements as a table for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from dotmac_billing.statements.statement import Statement

COLUMNS = ("currency", "date", "kind", "number", "description", "amount", "balance")


def csv_text(statements: Iterable[Statement]) -> str:
    """A line of headings; then for each statement its opening, its movements and its closing."""
    written = StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for one in statements:
        currency = one.currency
        table.writerow((currency, one.from_on, "opening", "", "Opening balance", "", one.opening))
        for move in one.movements:
            table.writerow(
                (
                    *(currency, move.on, move.kind, move.number or "", _plain(move.description)),
                    *(move.amount, move.balance),
                )
            )
        table.writerow((currency, one.to_on, "closing", "", "Closing balance", "", one.closing))
    return written.getvalue()


def _plain(text: str) -> str:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

"""What the year comes to, worked out by hand: `figures.txt` has a row for each customer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple


class Figures(NamedTuple):
    """A customer's year; the columns of the sheet."""

    invoices: int
    net: Decimal
    tax: Decimal
    billed: Decimal
    paid: Decimal
    into: Decimal
    out: Decimal
    noted: Decimal
    lost: Decimal
    open: Decimal
    credit: Decimal


def sheet() -> dict[str, Figures]:
    """The row of each customer."""
    lines = Path(__file__).with_name("figures.txt").read_text().splitlines()
    rows = (line.partition("|")[0].split() for line in lines if not line.startswith("#"))
    return {
        code: Figures(int(invoices), *(Decimal(value) for value in rest))
        for code, invoices, *rest in rows
    }


ACCOUNTS = {
    # 16932.34 open, less 42.62 of credit
    ("EUR", "receivable"): Decimal("16889.72"),
    # 653.18 + 434.35 + 100.00 + 400.00 + 100.00 + 60.00 + 119.00
    ("EUR", "cash"): Decimal("1866.53"),
    # 1352.14 on invoices, less 9.50 of the credit note and 5.70 of the debt given up
    ("EUR", "tax_payable"): Decimal("-1336.94"),
    # 17560.71 net and 204.89 before discount, less 50.00 of the credit note
    ("EUR", "revenue"): Decimal("-17715.60"),
    # coupons 59.88 + 15.00 + 20.01 + 50.00, the phase 3 x 20.00, the gift 2 x 35.70
    ("EUR", "discounts"): Decimal("276.29"),
    # 100.00 paid ahead, less 90.00 used and 10.00 expired
    ("EUR", "customer_credit"): Decimal(0),
    ("EUR", "breakage"): Decimal(-10),
    # 35.70 less its tax
    ("EUR", "bad_debt"): Decimal(30),
    ("JPY", "receivable"): Decimal(21780),
    ("JPY", "cash"): Decimal(958),
    ("JPY", "revenue"): Decimal(-22738),
    ("KWD", "receivable"): Decimal("99.990"),
    ("KWD", "cash"): Decimal("14.837"),
    ("KWD", "revenue"): Decimal("-114.827"),
}
"""By currency and account of the ledger; debits are positive."""

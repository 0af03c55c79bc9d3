"""Arithmetic that never rounds in silence."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation

EXACT = Context(prec=400, rounding=ROUND_HALF_UP, traps=[DivisionByZero, Inexact, InvalidOperation])
"""Products and sums of prices and quantities in full; one that does not fit raises.

A unit price (28 digits) times a quantity (28) has 56 digits, and a sum of a million of them 62.
Python's own context keeps 28 and rounds the rest away.
"""

QUOTIENT = Context(prec=100, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation])
"""For the one division at the end of a share of time: a hundred digits, far below any cent."""

ZERO = Decimal(0)
ONE = Decimal(1)


def plain(number: Decimal) -> str:
    """The number without exponent and needless zeros: `plain(Decimal("1.50E+3"))` is `"1500"`."""
    text = str(number)  # three times as fast as a format, and the same without an exponent
    if "E" in text:
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text

"""What an event is worth, as text that PostgreSQL reads as the exact same number (pure)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from dotmac_billing.usage.ingestion.refusals import (
    MEMBER_INVALID,
    PRICE_INVALID,
    VALUE_INVALID,
    VALUE_MISSING,
    VALUE_OUT_OF_RANGE,
)
from dotmac_billing.usage.reported import Refusal

LIMIT = 10**15
LONGEST_TEXT = 200
_VALUE_DECIMALS = 9
_PRICE_DECIMALS = 12
_MOST_DIGITS = 100
_WRITTEN = {str, float, Decimal}
_is_quick = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII).fullmatch


def value_text(value: object) -> str | Refusal:
    """The digits of a value: a number, or a text that is one; exact."""
    kind = type(value)
    if kind is int:
        return str(value) if 0 <= value < LIMIT else VALUE_OUT_OF_RANGE  # type: ignore[operator] # it is an int
    if kind in _WRITTEN:
        # The shortest text of a float is what the reporter wrote, up to 15 digits.
        text = str(value)
        if _is_quick(text):
            return text
    if value is None or value == "":
        return VALUE_MISSING
    return _decimal_text(value, _VALUE_DECIMALS, VALUE_INVALID, VALUE_OUT_OF_RANGE)


def price_text(price: object) -> str | Refusal:
    """The digits of a price that comes with an event."""
    return _decimal_text(price, _PRICE_DECIMALS, PRICE_INVALID, PRICE_INVALID)


def member_text(value: object) -> str | Refusal:
    """What is counted once, as text: 5 and "5" are the same, 5.0 and 5 too."""
    if value is None or value == "":
        return VALUE_MISSING
    if isinstance(value, str):
        is_good = len(value) <= LONGEST_TEXT and value.isprintable()
        return value if is_good else MEMBER_INVALID
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS:
            return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
    return MEMBER_INVALID


def _decimal_text(
    value: object, decimals: int, invalid: Refusal, outside: Refusal
) -> str | Refusal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return invalid
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, ValueError):
        return invalid
    if not number.is_finite():
        return invalid
    if not 0 <= number < LIMIT or number.adjusted() < -decimals:
        return outside if number else "0"
    digits = f"{number:f}"
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > decimals:
        return outside
    return f"{whole}.{fraction}" if fraction else whole

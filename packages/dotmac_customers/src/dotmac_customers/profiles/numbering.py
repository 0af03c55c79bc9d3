"""Customer numbers: `C-000001` and on."""

from __future__ import annotations

import re

_PATTERN = re.compile(r"C-(\d{6,15})")


def customer_number(serial: int) -> str:
    """The number of the `serial`-th customer, at least six digits: `C-000123`."""
    return f"C-{serial:06d}"


def serial_of(number: str) -> int:
    """The serial of a number of our own form, 0 for any other.

    Whoever is given `C-000500` from elsewhere keeps it, and we go on with 501.
    """
    found = _PATTERN.fullmatch(number)
    serial = int(found[1]) if found else 0
    return serial if customer_number(serial) == number else 0

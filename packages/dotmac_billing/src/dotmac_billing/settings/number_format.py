"""The form of invoice numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from dotmac_billing.settings.errors import InvalidNumberFormatError

DEFAULT = "INV-{seq:06d}"

# A closed grammar, not any format string: what a tenant types must not reach into objects.
_FORMAT = re.compile(r"([^{}\x00]{0,24})\{seq(?::0(\d{1,2})d)?\}([^{}\x00]{0,24})")
_MOST_DIGITS = 18


@lru_cache(maxsize=256)
def numbering(number_format: str) -> Callable[[int], str]:
    """The function that writes a sequence number: `INV-{seq:06d}` makes 7 into `INV-000007`.

    Numbers longer than the width keep all their digits.

    Raises:
        InvalidNumberFormatError: no `{seq}`, more than one, any other brace, or too long.
    """
    match = _FORMAT.fullmatch(number_format)
    if match is None or int(match[2] or 0) > _MOST_DIGITS:
        raise InvalidNumberFormatError(number_format)
    before, width, after = match[1], int(match[2] or 0), match[3]
    return lambda sequence: f"{before}{sequence:0{width}d}{after}"

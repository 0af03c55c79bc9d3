"""The form of document numbers, and the series they are drawn from."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Protocol

from dotmac_billing.settings.errors import InvalidNumberFormatError

DEFAULT = "INV-{seq:06d}"
CREDIT_NOTE_DEFAULT = "CN-{seq:06d}"
DEBIT_NOTE_DEFAULT = "DN-{seq:06d}"

# A closed grammar, not any format string: what a tenant types must not reach into objects.
_FIELD = re.compile(r"\{(seq(?::0(\d{1,2})d)?|year|yy|month)\}")
_LONGEST_TEXT = 24
_MOST_DIGITS = 18
_YEARS = ("{year}", "{yy}")


class NumbersReset(Enum):
    """Whether numbers begin with 1 again each year. Then the format must show the year."""

    NEVER = "never"
    YEARLY = "yearly"


class SeriesKind(Enum):
    """What is numbered by itself, without a gap."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEBIT_NOTE = "debit_note"


class Numbering(Protocol):
    """Writes a sequence number. `issued_on` may be left out when the format has no date in it."""

    def __call__(self, sequence: int, issued_on: date | None = None) -> str:
        """The number of a document."""
        ...


def series_for(kind: SeriesKind, issued_on: date, reset: NumbersReset) -> str:
    """The series a document is numbered in: `invoice`, or `invoice/2026` when numbers reset."""
    return kind.value if reset is NumbersReset.NEVER else f"{kind.value}/{issued_on.year}"


def require_number_format(number_format: str, reset: NumbersReset) -> None:
    """Refuse a format that would write one number twice.

    Raises:
        InvalidNumberFormatError: no `{seq}`, an unknown field, too long, or numbers begin anew each
            year and the format does not show the year.
    """
    numbering(number_format)
    if reset is NumbersReset.YEARLY and not any(year in number_format for year in _YEARS):
        raise InvalidNumberFormatError(number_format)


@lru_cache(maxsize=256)
def numbering(number_format: str) -> Numbering:
    """The function that writes a sequence number: `INV-{seq:06d}` makes 7 into `INV-000007`.

    Fields: `{seq}` or `{seq:05d}` (exactly one), `{year}`, `{yy}`, `{month}` of the day of issue.
    Numbers longer than the width keep all their digits.

    Raises:
        InvalidNumberFormatError: no `{seq}`, more than one, any other brace, or too long.
    """
    before, width, after = _parts(number_format)
    if not any(field in before + after for field in (*_YEARS, "{month}")):
        return lambda sequence, _issued_on=None: f"{before}{sequence:0{width}d}{after}"

    @lru_cache(maxsize=64)
    def dated(year: int, month: int) -> tuple[str, str]:
        return _dated(before, year, month), _dated(after, year, month)

    def numbered(sequence: int, issued_on: date | None = None) -> str:
        if issued_on is None:
            raise InvalidNumberFormatError(number_format)
        head, tail = dated(issued_on.year, issued_on.month)
        return f"{head}{sequence:0{width}d}{tail}"

    return numbered


def _parts(number_format: str) -> tuple[str, int, str]:
    fields = list(_FIELD.finditer(number_format))
    texts = _FIELD.split(number_format)[:: _FIELD.groups + 1]
    sequences = [field for field in fields if field[1].startswith("seq")]
    if (
        len(sequences) != 1
        or any(len(text) > _LONGEST_TEXT or set(text) & set("{}\x00") for text in texts)
        or int(sequences[0][2] or 0) > _MOST_DIGITS
    ):
        raise InvalidNumberFormatError(number_format)
    [sequence] = sequences
    start, end = sequence.span()
    return number_format[:start], int(sequence[2] or 0), number_format[end:]


def _dated(text: str, year: int, month: int) -> str:
    return (
        text.replace("{year}", f"{year:04d}")
        .replace("{yy}", f"{year % 100:02d}")
        .replace("{month}", f"{month:02d}")
    )

"""Which rate holds on a day, and what an amount is by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from dotmac_core_ops.money import round_money

RATE_DIGITS = 9
"""Digits behind the point of a rate that is kept."""

_EXACT = Context(prec=60)


class QuotedRate(NamedTuple):
    """A rate that was written down: a unit of `from_currency` is `rate` of `to_currency`.

    It holds from `valid_from`, up to, not including, `valid_until`.
    """

    id: UUID
    from_currency: str
    to_currency: str
    rate: Decimal
    valid_from: date
    valid_until: date | None


class ExchangeRateStatus(Enum):
    """Whether a rate is used on a day; `EXPIRED` is one that is over."""

    ACTIVE = "active"
    EXPIRED = "expired"
    DISABLED = "disabled"


class Conversion(NamedTuple):
    """By which quoted rate an amount is converted; `is_inverse` when it was quoted the other way.

    An inverse is never rounded first: the amount is divided by what was quoted.
    """

    quoted: QuotedRate
    is_inverse: bool

    def of(self, amount: Decimal, currency: str) -> Decimal:
        """The amount in `currency`, the one converted to, half a unit rounded away from zero."""
        if self.is_inverse:
            return round_money(_EXACT.divide(amount, self.quoted.rate), currency)
        return round_money(_EXACT.multiply(amount, self.quoted.rate), currency)

    @property
    def rate(self) -> Decimal:
        """What one unit is, to nine digits."""
        if not self.is_inverse:
            return self.quoted.rate
        return round(_EXACT.divide(Decimal(1), self.quoted.rate), RATE_DIGITS)


class ExchangeRates:
    """The rates of a tenant that are not disabled."""

    def __init__(self, quoted: Iterable[QuotedRate]) -> None:
        self._newest_first: dict[tuple[str, str], list[QuotedRate]] = {}
        for one in sorted(quoted, key=lambda one: one.valid_from, reverse=True):
            pair = (one.from_currency, one.to_currency)
            self._newest_first.setdefault(pair, []).append(one)

    def between(self, from_currency: str, to_currency: str, on: date) -> Conversion | None:
        """How to convert on that day: as quoted, else by the inverse of what was; None if neither.

        Rates of a third currency are not put together: that would be a rate nobody quoted.
        """
        for pair, is_inverse in (
            ((from_currency, to_currency), False),
            ((to_currency, from_currency), True),
        ):
            quoted = self._holding(pair, on)
            if quoted is not None:
                return Conversion(quoted, is_inverse)
        return None

    def _holding(self, pair: tuple[str, str], on: date) -> QuotedRate | None:
        for one in self._newest_first.get(pair, ()):
            if one.valid_from <= on:
                return one if one.valid_until is None or on < one.valid_until else None
        return None

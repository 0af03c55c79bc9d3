"""Money: an exact amount with its currency, and the one place where amounts are rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache

from iso4217 import Currency

from dotmac_core_ops.errors import InvalidError

# Python's own context keeps 28 digits and rounds the rest away in silence; a unit price times a
# quantity has up to 56.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


class InvalidCurrencyError(InvalidError):
    """The code is not an ISO 4217 currency with a minor unit."""

    code = "INVALID_CURRENCY"

    def __init__(self, currency: str) -> None:
        super().__init__(f"{currency!r} is not an ISO 4217 currency code.", currency=currency)


class CurrencyMismatchError(InvalidError):
    """Amounts of different currencies were added or compared."""

    code = "CURRENCY_MISMATCH"

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} cannot be added or compared.", left=left, right=right)


class InvalidAmountError(InvalidError):
    """Not a finite decimal number, or one beyond all money."""

    code = "INVALID_AMOUNT"

    def __init__(self, text: object) -> None:
        super().__init__(f"{text!r} is not an amount of money.", amount=str(text))


@cache
def currency_exponent(currency: str) -> int:
    """Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD, 4 for CLF (ISO 4217, table A.1).

    Raises:
        InvalidCurrencyError: unknown code, or one without a minor unit (gold, test codes).
    """
    try:
        exponent = Currency(currency).exponent
    except ValueError as error:
        raise InvalidCurrencyError(currency) from error
    if exponent is None:
        raise InvalidCurrencyError(currency)
    return int(exponent)


@cache
def _quantum(currency: str) -> Decimal:
    return Decimal(1).scaleb(-currency_exponent(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """`amount` in whole minor units of `currency`; halves go away from zero.

    `round_money(Decimal("2.675"), "EUR")` is `Decimal("2.68")`. This is the only rounding of money
    in the platform: everything before it is exact, everything after it is a sum.

    Raises:
        InvalidAmountError: more than a hundred digits, or infinite.
        InvalidCurrencyError: `currency` is not an ISO 4217 code.
    """
    try:
        return amount.quantize(_quantum(currency), context=_EXACT)
    except InvalidOperation as error:
        raise InvalidAmountError(amount) from error


def spread(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`total` in whole minor units in proportion to `weights`; the shares sum to it exactly.

    `spread(Decimal("10.00"), [Decimal(1)] * 3, "EUR")` is `[3.34, 3.33, 3.33]`. Every share is the
    exact one rounded down; the minor units that are left go to the largest remainders, of equal
    ones to the first. A negative total is spread as the positive one, with the sign changed.
    Weights that are all zero count the same. With weights that are not negative, no share of a
    total up to their sum is more than its weight, if they are whole minor units.

    Raises:
        InvalidAmountError: `total` is not in whole minor units.
        ValueError: there is nothing to spread over: no weights, or weights that cancel out.
        InvalidCurrencyError: `currency` is not an ISO 4217 code.

    Source: the method of Hamilton, or largest remainder.
    """
    if round_money(total, currency) != total:
        raise InvalidAmountError(total)
    parts = _whole_numbers(weights) if any(weights) else [1] * len(weights)
    whole = sum(parts)
    exponent = currency_exponent(currency)
    units = int(total.scaleb(exponent, context=_EXACT))
    if not whole:
        if units:
            raise ValueError("An amount cannot be spread over nothing.")
        return [round_money(total, currency)] * len(weights)
    shares = [divmod(abs(units) * part, whole) for part in parts]
    missing = abs(units) - sum(share for share, _ in shares)
    order = sorted(range(len(shares)), key=lambda n: abs(shares[n][1]), reverse=True)
    larger = set(order[:missing])
    sign = -1 if units < 0 else 1
    return [
        Decimal(sign * (share + (n in larger))).scaleb(-exponent, context=_EXACT)
        for n, (share, _) in enumerate(shares)
    ]


def _whole_numbers(weights: Sequence[Decimal]) -> list[int]:
    """The weights in units of the smallest of their digits."""
    finest = min(int(weight.as_tuple().exponent) for weight in weights)
    return [int(weight.scaleb(-finest, context=_EXACT)) for weight in weights]


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency; amounts of different currencies never mix.

    `Money("79.99", "EUR") + Money("0.01", "EUR") == Money("80.00", "EUR")`.

    Raises:
        InvalidAmountError: `amount` is not a finite decimal (binary floats are refused).
        InvalidCurrencyError: `currency` is not an ISO 4217 code.
    """

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        currency_exponent(currency)
        if isinstance(amount, float):
            raise InvalidAmountError(amount)
        try:
            exact = Decimal(amount)
        except InvalidOperation as error:
            raise InvalidAmountError(amount) from error
        if not exact.is_finite():
            raise InvalidAmountError(amount)
        object.__setattr__(self, "amount", exact)
        object.__setattr__(self, "currency", currency)

    def rounded(self) -> Money:
        """In whole minor units, halves away from zero."""
        return Money(round_money(self.amount, self.currency), self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(_EXACT.add(self.amount, self._same(other).amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(_EXACT.subtract(self.amount, self._same(other).amount), self.currency)

    def __neg__(self) -> Money:
        return Money(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(_EXACT.multiply(self.amount, factor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __str__(self) -> str:
        return f"{round_money(self.amount, self.currency)} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatchError(self.currency, other.currency)
        return other

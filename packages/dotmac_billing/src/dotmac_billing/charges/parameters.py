"""The parameters, read exactly: what is missing, wrong or unknown is named by its path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from dotmac_billing.charges.errors import InvalidPriceError

HIGHEST_PRICE = Decimal(10) ** 12
HIGHEST_QUANTITY = Decimal(10) ** 18
MOST_TIERS = 1000
_PRICE_DECIMALS = 12
_QUANTITY_DECIMALS = 9
_RATE_DECIMALS = 12
_NUMBER = re.compile(r"-?[0-9]{1,28}(\.[0-9]{1,28})?", re.ASCII)


class PriceParameters:
    """A mapping that is read key by key; `finish` refuses what was not read.

    Numbers are text (`"0.0125"`), whole numbers or `Decimal`; a binary float is refused, because it
    is not the number that was meant. Every method raises `InvalidPriceError` with the path of what
    is wrong, such as `tiers.1.up_to`; a `default` makes a key optional.
    """

    def __init__(self, given: object, path: str = "") -> None:
        if not isinstance(given, Mapping):
            raise InvalidPriceError(path, "must be a set of named parameters.")
        self._given: dict[str, object] = {str(key): value for key, value in given.items()}
        self._path = path
        self._read: set[str] = set()

    def path_of(self, key: str) -> str:
        """The path of `key` from the outermost parameters."""
        return f"{self._path}.{key}" if self._path else key

    def refuse(self, key: str, problem: str) -> InvalidPriceError:
        """The refusal of the value of `key`, to be raised."""
        return InvalidPriceError(self.path_of(key), problem)

    def has(self, key: str) -> bool:
        """Whether `key` is given and not null."""
        return self._given.get(key) is not None

    def price(self, key: str, default: Decimal | None = None) -> Decimal:
        """An amount of money per something: 0 to 10^12, at most 12 decimals."""
        return self._number(key, default, HIGHEST_PRICE, _PRICE_DECIMALS)

    def rate(self, key: str, default: Decimal | None = None) -> Decimal:
        """A fraction of 0 to 1 (`"0.029"` is 2.9 %), at most 12 decimals."""
        rate = self._number(key, default, HIGHEST_PRICE, _RATE_DECIMALS)
        if rate > 1:
            raise self.refuse(key, "is a fraction of at most 1: 0.029 is 2.9 %.")
        return rate

    def quantity(self, key: str, default: Decimal | None = None) -> Decimal:
        """A number of units: 0 to 10^18, at most 9 decimals."""
        return self._number(key, default, HIGHEST_QUANTITY, _QUANTITY_DECIMALS)

    def size(self, key: str) -> Decimal:
        """A number of units above zero."""
        size = self.quantity(key)
        if size == 0:
            raise self.refuse(key, "must be above zero.")
        return size

    def optional_price(self, key: str) -> Decimal | None:
        """A price, or None when it is not given."""
        return self.price(key) if self._given_or_null(key) else None

    def optional_quantity(self, key: str) -> Decimal | None:
        """A quantity, or None when it is not given."""
        return self.quantity(key) if self._given_or_null(key) else None

    def optional_size(self, key: str) -> Decimal | None:
        """A quantity above zero, or None when it is not given."""
        return self.size(key) if self._given_or_null(key) else None

    def text(self, key: str) -> str:
        """Text of 1 to 64 characters."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip() or len(value) > 64:  # noqa: PLR2004  a name's length
            raise self.refuse(key, "must be text of 1 to 64 characters.")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str | None = None) -> str:
        """One of `choices`."""
        value = self._value(key, default)
        if value not in choices:
            raise self.refuse(key, f"must be one of {', '.join(choices)}.")
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, "must be true or false.")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of text."""
        value = self._value(key)
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise self.refuse(key, "must be a list of text.")
        return list(value)

    def nested(self, key: str) -> PriceParameters:
        """PriceParameters inside these."""
        return PriceParameters(self._value(key), self.path_of(key))

    def rows(self, key: str) -> list[PriceParameters]:
        """A list of 1 to 1,000 sets of parameters."""
        value = self._value(key)
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_TIERS:
            raise self.refuse(key, f"must be a list of 1 to {MOST_TIERS:,} entries.")
        path = self.path_of(key)
        return [PriceParameters(row, f"{path}.{index}") for index, row in enumerate(value)]

    def remaining(self) -> dict[str, object]:
        """What nobody has read yet; it counts as read from now on."""
        rest = {key: value for key, value in self._given.items() if key not in self._read}
        self._read.update(rest)
        return rest

    def finish(self) -> None:
        """Refuse parameters that nobody has read.

        Raises:
            InvalidPriceError: there is one.
        """
        for key in self._given:
            if key not in self._read:
                raise self.refuse(key, "is not a parameter of this model.")

    def _given_or_null(self, key: str) -> bool:
        self._read.add(key)
        return self.has(key)

    def _value(self, key: str, default: object = None) -> object:
        self._read.add(key)
        value = self._given.get(key)
        if value is None:
            if default is None:
                raise self.refuse(key, "is missing.")
            return default
        return value

    def _number(
        self, key: str, default: Decimal | None, highest: Decimal, decimals: int
    ) -> Decimal:
        number = _exact(self._value(key, default))
        if number is None:
            raise self.refuse(key, 'must be a decimal number as text, such as "0.0125".')
        if not 0 <= number <= highest:
            raise self.refuse(key, f"must lie between 0 and {highest:,}.")
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)  # finite: see _exact
        if -exponent > decimals and number != round(number, decimals):
            raise self.refuse(key, f"has at most {decimals} decimals.")
        return number


def _exact(value: object) -> Decimal | None:
    """The number meant by text, a whole number or a Decimal; None for everything else."""
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return None

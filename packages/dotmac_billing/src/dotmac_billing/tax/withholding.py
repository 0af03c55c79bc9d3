"""What a buyer keeps back of an invoice and pays to its own tax office in the seller's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


class Basis(Enum):
    """Of what the rate is taken."""

    NET = "net"
    TOTAL = "total"


class Withholding(NamedTuple):
    """A tax that buyers withhold, from a day up to, not including, another.

    `rate` is a fraction. Without `product_category` it is taken of every line.
    """

    name: str
    rate: Decimal
    basis: Basis
    product_category: str | None
    valid_from: date
    valid_until: date | None


class Withheld(NamedTuple):
    """What is kept back by one rule, and of how much."""

    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


def withheld(
    lines: Sequence[tuple[str | None, Decimal, Decimal]],
    rules: Iterable[Withholding],
    on: date,
    currency: str,
) -> list[Withheld]:
    """What a buyer keeps back of lines (product category, net, tax) of an invoice issued `on`.

    Rounded for each rule. The invoice's total stays what it is; what is expected to be paid is the
    total less this. Rules that take nothing are left out; of a negative sum nothing is withheld.
    """
    found = []
    for rule in rules:
        if on < rule.valid_from or (rule.valid_until is not None and rule.valid_until <= on):
            continue
        base = sum(
            (
                net + tax if rule.basis is Basis.TOTAL else net
                for category, net, tax in lines
                if rule.product_category in {None, category}
            ),
            _NOTHING,
        )
        amount = round_money(base * rule.rate, currency)
        if amount > 0:
            found.append(Withheld(rule.name, rule.rate, base, amount))
    return found

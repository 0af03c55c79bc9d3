"""What the law says of a line: the taxes on it, or why there are none."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

_ONE = Decimal(1)
_NOTHING = Decimal(0)

STANDARD, ZERO, EXEMPT = "S", "Z", "E"
REVERSE_CHARGE, INTRA_COMMUNITY, EXPORT, OUTSIDE = "AE", "K", "G", "O"
"""Categories of VAT (UNTDID 5305, as EN 16931 uses it)."""

UNTAXED = frozenset({ZERO, EXEMPT, REVERSE_CHARGE, INTRA_COMMUNITY, EXPORT, OUTSIDE})
"""The categories whose rate is always 0."""


class AppliedTax(NamedTuple):
    """One tax on a line. `rate` is a fraction: 0.2 is 20 %.

    A compound tax is charged on the net amount and on the taxes before it. `exemption_code` is of
    the list VATEX where there is one.
    """

    code: str
    name: str
    rate: Decimal
    is_compound: bool = False
    category: str = STANDARD
    jurisdiction: str | None = None
    exemption_reason: str | None = None
    exemption_code: str | None = None


class Treatment(NamedTuple):
    """All taxes on a line. Lines of one `key` and `rate` are taxed together.

    `key` is short and stable (`VAT`, `GST+QST`, `AE`, with a compound tax `GST*QST`) and is what
    the line keeps as its tax code; `rate` is what the taxes come to together, compound ones
    included, exact.
    """

    key: str
    taxes: tuple[AppliedTax, ...]
    rate: Decimal
    category: str


def treatment_of(*taxes: AppliedTax, key: str | None = None) -> Treatment:
    """The treatment by `taxes` (at least one), in the order in which they are charged.

    GST of 5 % and then QST of 9.975 %, compound, come to 15.47375 %: 0.05 + 0.09975 * 1.05.
    """
    return Treatment(
        key or _key(taxes),
        taxes,
        sum(effective_rates(taxes), _NOTHING),
        next((tax.category for tax in taxes if tax.rate), taxes[0].category),
    )


def effective_rates(taxes: tuple[AppliedTax, ...]) -> list[Decimal]:
    """What each tax comes to as a fraction of the net amount."""
    so_far = _NOTHING
    rates = []
    for tax in taxes:
        rate = tax.rate * (_ONE + so_far) if tax.is_compound else tax.rate
        so_far += rate
        rates.append(rate)
    return rates


def _key(taxes: tuple[AppliedTax, ...]) -> str:
    """The parts joined by `+`, or by `*` before a compound one: their rates may sum to the same."""
    key = _part(taxes[0])
    for tax in taxes[1:]:
        key += ("*" if tax.is_compound else "+") + _part(tax)
    return key


def _part(tax: AppliedTax) -> str:
    """The tax's share of the key: what is not charged at a rate says why not."""
    if tax.category in {ZERO, EXEMPT}:
        return f"{tax.code}:{tax.category}"
    return tax.category if tax.category in UNTAXED else tax.code

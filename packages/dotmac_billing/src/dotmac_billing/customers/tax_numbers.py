"""Whether a tax number can be one: its form and its check digits."""

from __future__ import annotations

from typing import NamedTuple

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

# Greece writes EL before its VAT numbers; ISO 3166-1 calls it GR.
_PREFIXES = {"GR": "EL"}

VIES_COUNTRIES = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""Whose numbers the European Commission's register knows: the member states."""


class TaxNumber(NamedTuple):
    """A number of a country, without spaces, points, and the country before it."""

    country: str
    digits: str

    def __str__(self) -> str:
        """As it is written on invoices: VAT numbers of the EU with the country's prefix."""
        prefix = vat_prefix(self.country) if self.country in VIES_COUNTRIES else ""
        return f"{prefix}{self.digits}"


def vat_prefix(country: str) -> str:
    """What stands before VAT numbers of a country: `EL` for Greece, else the country's code."""
    return _PREFIXES.get(country, country)


def is_known(country: str) -> bool:
    """Whether the form of that country's tax numbers is known here."""
    return get_cc_module(country.lower(), "vat") is not None


def tax_number(text: str, country: str) -> TaxNumber | None:
    """`de 136 695 976` of DE as a number whose form and check digits are right, else None.

    The country's prefix may stand before it or not. None also for countries whose form is not
    known: then `is_known` is False.

    Source: python-stdnum, which follows the rules each country publishes.
    """
    rules = get_cc_module(country.lower(), "vat")
    if rules is None:
        return None
    try:
        found = str(rules.validate(text.strip().upper()))
    except ValidationError:
        return None
    for prefix in (vat_prefix(country), country):
        if found.startswith(prefix) and found[len(prefix) :].strip():
            return TaxNumber(country, found.removeprefix(prefix))
    return TaxNumber(country, found)

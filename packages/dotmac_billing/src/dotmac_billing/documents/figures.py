"""Money, numbers and days as a country writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from dotmac_billing.documents.document import Span
from dotmac_billing.documents.labels import FALLBACK
from dotmac_core_ops.money import currency_exponent


@cache
def is_locale(name: str) -> bool:
    """Whether it is a locale that numbers and days can be written for."""
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return False
    return True


class Figures:
    """Writes figures for a locale; one that is not known is taken as English."""

    def __init__(self, locale: str) -> None:
        self._locale = locale if is_locale(locale) else FALLBACK

    def money(self, amount: Decimal, currency: str) -> str:
        """The amount with the currency's digits and sign."""
        return format_currency(amount, currency, locale=self._locale)

    def price(self, price: Decimal, currency: str) -> str:
        """A unit price with all its digits, at least those of the currency, without its sign."""
        return self._exact(price, currency_exponent(currency))

    def quantity(self, quantity: Decimal) -> str:
        """A quantity with all its digits and no zeros behind them."""
        return self._exact(quantity, 0)

    def percent(self, rate: Decimal) -> str:
        """A fraction as per cent, as exact as it is."""
        return f"{self._exact(rate * 100, 0)} %"

    def day(self, day: date) -> str:
        """The day in words of middle length."""
        return format_date(day, format="medium", locale=self._locale)

    def span(self, span: Span) -> str:
        """The first and the last day."""
        if span.last == span.start:
            return self.day(span.start)
        return f"{self.day(span.start)} – {self.day(span.last)}"  # noqa: RUF001 - a range

    def country(self, code: str) -> str:
        """The country's name; the code itself where there is none."""
        return Locale.parse(self._locale).territories.get(code) or code

    def _exact(self, value: Decimal, least: int) -> str:
        exponent = value.normalize().as_tuple().exponent
        digits = max(least, -exponent if isinstance(exponent, int) else 0)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self._locale)

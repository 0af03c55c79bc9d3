from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.exchange.rates import Conversion, ExchangeRates, QuotedRate

FIRST = date(2026, 1, 1)


def quoted(
    rate: str, day: int = 0, until: int | None = None, pair: tuple[str, str] = ("USD", "EUR")
) -> QuotedRate:
    end = None if until is None else FIRST + timedelta(days=until)
    return QuotedRate(UUID(int=day), *pair, Decimal(rate), FIRST + timedelta(days=day), end)


def rate_on(rates: ExchangeRates, day: int, *pair: str) -> Decimal | None:
    found = rates.between(pair[0], pair[1], FIRST + timedelta(days=day))
    return None if found is None else found.rate


def test_a_rate_holds_until_the_next_one_of_its_pair_or_its_end() -> None:
    rates = ExchangeRates([quoted("0.92", 10), quoted("0.9", 0), quoted("0.95", 20, until=25)])

    held = {day: rate_on(rates, day, "USD", "EUR") for day in (-1, 0, 9, 10, 19, 20, 24, 25)}

    assert held == {
        -1: None,
        0: Decimal("0.9"),
        9: Decimal("0.9"),
        10: Decimal("0.92"),
        19: Decimal("0.92"),
        20: Decimal("0.95"),
        24: Decimal("0.95"),
        # The rate before is not taken up again: it was replaced.
        25: None,
    }


def test_what_is_quoted_one_way_is_used_both_ways_and_its_own_way_first() -> None:
    rates = ExchangeRates([quoted("0.8"), quoted("0.9", pair=("GBP", "CHF"))])
    both = ExchangeRates([quoted("0.8"), quoted("1.3", pair=("EUR", "USD"))])

    assert rate_on(rates, 0, "EUR", "USD") == Decimal("1.25")
    assert rate_on(both, 0, "EUR", "USD") == Decimal("1.3")
    assert rate_on(rates, 0, "EUR", "CHF") is None


def test_an_inverse_is_not_rounded_before_it_is_used() -> None:
    yen = Conversion(quoted("0.006", pair=("JPY", "EUR")), is_inverse=True)

    assert yen.rate == Decimal("166.666666667")
    # By the rounded rate it would be 1 yen more.
    assert yen.of(Decimal(3_000_000_000), "JPY") == Decimal(500_000_000_000)


@given(
    amount=st.decimals("0.01", "9999999", places=2),
    rate=st.decimals("0.001", "1000", places=9).filter(bool),
)
def test_money_that_goes_there_and_back_differs_by_what_rounding_lost(
    amount: Decimal, rate: Decimal
) -> None:
    there = Conversion(quoted(str(rate)), is_inverse=False)
    back = Conversion(quoted(str(rate)), is_inverse=True)

    returned = back.of(there.of(amount, "EUR"), "USD")

    # Half a cent of the middle currency, at the rate back, and half a cent of the last rounding.
    assert abs(returned - amount) <= Decimal("0.005") / rate + Decimal("0.005")

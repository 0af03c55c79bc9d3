from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.money import (
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidCurrencyError,
    Money,
    currency_exponent,
    round_money,
    spread,
)

CURRENCIES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4, "UYW": 4, "ISK": 0, "TND": 3}

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.decimals(
    min_value=Decimal(-(10**15)), max_value=Decimal(10**15), places=12, allow_nan=False
)


@pytest.mark.parametrize(("currency", "digits"), CURRENCIES.items())
def test_each_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert currency_exponent(currency) == digits


@pytest.mark.parametrize("wrong", ["", "EURO", "eur", "ZZZ", "XAU", "XTS", "XXX", "€", "EU\0"])
def test_what_is_no_currency_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidCurrencyError) as refusal:
        Money(1, wrong)

    assert refusal.value.details == {"currency": wrong}


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.675", "EUR", "2.68"),
        ("-2.675", "EUR", "-2.68"),
        ("2.6749999999", "EUR", "2.67"),
        ("2.665", "EUR", "2.67"),  # a banker would say 2.66
        ("0.005", "EUR", "0.01"),
        ("0.5", "JPY", "1"),
        ("1234.5", "JPY", "1235"),
        ("1.0005", "KWD", "1.001"),
        ("0.00005", "CLF", "0.0001"),
        ("7", "EUR", "7.00"),
    ],
)
def test_halves_go_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount), currency)) == rounded


@given(amounts, currencies)
def test_rounding_moves_by_half_a_minor_unit_at_most_and_ends_on_one(
    amount: Decimal, currency: str
) -> None:
    unit = Decimal(1).scaleb(-CURRENCIES[currency])

    rounded = round_money(amount, currency)

    assert abs(rounded - amount) <= unit / 2
    assert rounded % unit == 0
    assert round_money(rounded, currency) == rounded
    assert round_money(-amount, currency) == -rounded


@given(amounts, amounts, amounts, currencies)
def test_sums_are_exact_in_any_order(a: Decimal, b: Decimal, c: Decimal, currency: str) -> None:
    x, y, z = (Money(amount, currency) for amount in (a, b, c))

    assert (x + y) + z == x + (y + z)
    assert x + y - y == x
    assert x - x == Money(0, currency)
    assert x + -x == Money(0, currency)


@given(
    st.decimals(places=12, min_value=0, max_value=Decimal(10**15), allow_nan=False),
    st.decimals(places=9, min_value=0, max_value=Decimal(10**15), allow_nan=False),
)
def test_a_price_times_a_quantity_is_exact(price: Decimal, quantity: Decimal) -> None:
    product = (Money(price, "EUR") * quantity).amount

    assert Fraction(product) == Fraction(price) * Fraction(quantity)


@pytest.mark.parametrize("wrong", ["", "12,3.4", "ten", "NaN", "Infinity", "-inf", "sNaN", "1 €"])
def test_what_is_no_finite_number_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidAmountError):
        Money(wrong, "EUR")


def test_a_binary_float_is_refused() -> None:
    with pytest.raises(InvalidAmountError):
        Money(0.1, "EUR")  # type: ignore[arg-type] # the type checker says so too


def test_an_amount_of_any_sensible_size_can_be_rounded() -> None:
    assert round_money(Decimal(10) ** 40, "EUR") == Decimal(10) ** 40


@pytest.mark.parametrize("senseless", ["1e200", "1e999999", "Infinity"])
def test_an_amount_beyond_all_money_is_a_refusal(senseless: str) -> None:
    with pytest.raises(InvalidAmountError):
        round_money(Decimal(senseless), "EUR")


def test_currencies_do_not_mix() -> None:
    euro, dollar = Money(1, "EUR"), Money(1, "USD")

    for mixed in (lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar):
        with pytest.raises(CurrencyMismatchError):
            mixed()
    assert euro != dollar


def test_money_compares_and_reads_as_people_write_it() -> None:
    assert Money("79.9", "EUR") < Money("80", "EUR") <= Money("80.00", "EUR")
    assert str(Money("79.9", "EUR")) == "79.90 EUR"
    assert str(Money("1234.5", "JPY")) == "1235 JPY"
    assert Money("2.675", "EUR").rounded() == Money("2.68", "EUR")


def euros(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        ("10.00", ("1", "1", "1"), ("3.34", "3.33", "3.33")),
        ("-10.00", ("1", "1", "1"), ("-3.34", "-3.33", "-3.33")),
        ("0.01", ("1", "1"), ("0.01", "0.00")),
        ("0.02", ("1", "2", "3"), ("0.00", "0.01", "0.01")),
        ("100.00", ("49.90", "0", "0.10"), ("99.80", "0.00", "0.20")),
        ("0.05", ("0", "0"), ("0.03", "0.02")),
        ("0.00", ("0", "5"), ("0.00", "0.00")),
        ("1.00", ("-1", "-3"), ("0.25", "0.75")),
        ("1.00", ("3", "-1"), ("1.50", "-0.50")),
        ("0.00", (), ()),
        ("0.00", ("1", "-1"), ("0.00", "0.00")),
    ],
)
def test_an_amount_is_spread_by_largest_remainder(
    total: str, weights: tuple[str, ...], shares: tuple[str, ...]
) -> None:
    assert [str(one) for one in spread(Decimal(total), euros(*weights), "EUR")] == list(shares)


@pytest.mark.parametrize(
    ("total", "weights", "refusal"),
    [
        ("1.005", ("1",), InvalidAmountError),
        ("NaN", ("1",), InvalidAmountError),
        ("1.00", (), ValueError),
        ("1.00", ("1", "-1"), ValueError),
    ],
)
def test_what_cannot_be_spread_is_refused(
    total: str, weights: tuple[str, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        spread(Decimal(total), euros(*weights), "EUR")


weighty = st.lists(
    st.decimals(min_value=0, max_value=Decimal(10**15), places=9), min_size=1, max_size=12
)


@given(amounts, weighty, currencies)
def test_shares_sum_to_the_total_and_are_off_by_less_than_a_minor_unit(
    amount: Decimal, weights: list[Decimal], currency: str
) -> None:
    total = round_money(amount, currency)

    shares = spread(total, weights, currency)

    whole = sum(map(Fraction, weights)) or Fraction(len(weights))
    unit = Fraction(1, 10 ** CURRENCIES[currency])
    assert sum(map(Fraction, shares)) == Fraction(total)
    for share, weight in zip(shares, weights, strict=True):
        exact = Fraction(total) * (Fraction(weight) if any(weights) else 1) / whole
        assert abs(Fraction(share) - exact) < unit


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.data())
def test_nobody_gets_more_than_the_weight_of_whole_cents(
    cents: list[int], data: st.DataObject
) -> None:
    weights = [Decimal(one).scaleb(-2) for one in cents]
    total = Decimal(data.draw(st.integers(0, sum(cents)))).scaleb(-2)

    shares = spread(total, weights, "EUR")

    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))

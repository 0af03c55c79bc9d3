from decimal import Decimal
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.tax.sums import Taxed, TaxGroup, TaxRounding, apportioned, taxed
from dotmac_billing.tax.treatment import AppliedTax, Treatment, treatment_of
from dotmac_core_ops.money import currency_exponent

LINE, GROUP, DOCUMENT = TaxRounding.LINE, TaxRounding.GROUP, TaxRounding.DOCUMENT


def one(code: str, rate: str, category: str = "S") -> Treatment:
    return treatment_of(AppliedTax(code, code, Decimal(rate), category=category))


VAT_19 = one("VAT", "0.19")
VAT_7 = one("VAT", "0.07")
VAT_20 = one("VAT", "0.2")
REVERSED = one("VAT", "0", "AE")
NO_VAT = one("ZERO", "0", "Z")
GST = AppliedTax("GST", "GST", Decimal("0.05"))
QST = AppliedTax("QST", "QST", Decimal("0.09975"))
QST_BEFORE_2013 = AppliedTax("QST", "QST", Decimal("0.095"), is_compound=True)
CALIFORNIA = treatment_of(
    AppliedTax("CA", "California", Decimal("0.06")),
    AppliedTax("CA-LA", "Los Angeles County", Decimal("0.0025")),
    AppliedTax("CA-LA-DISTRICT", "District taxes", Decimal("0.0325")),
)


def sums(
    *lines: tuple[str, Treatment | None] | tuple[str, Treatment | None, bool],
    rounding: TaxRounding = GROUP,
    currency: str = "EUR",
) -> Taxed:
    return taxed(
        [(Decimal(line[0]), line[1], len(line) > 2 and bool(line[2])) for line in lines],
        currency,
        rounding,
    )


def money(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("lines", "net", "tax", "total"),
    [
        ([], "0", "0", "0"),
        ([("100.00", VAT_19)], "100.00", "19.00", "119.00"),
        ([("100.00", None)], "100.00", "0", "100.00"),
        ([("100.00", VAT_19), ("50.00", None)], "150.00", "19.00", "169.00"),
        ([("100.00", VAT_19), ("100.00", VAT_7)], "200.00", "26.00", "226.00"),
        ([("100.00", REVERSED)], "100.00", "0.00", "100.00"),
        ([("-100.00", VAT_19)], "-100.00", "-19.00", "-119.00"),
        ([("100.00", VAT_19), ("-100.00", VAT_19)], "0.00", "0.00", "0.00"),
        ([("0.00", VAT_19)], "0.00", "0.00", "0.00"),
        # Halves go away from zero: 0.03 * 0.5 = 0.015, and -0.015 with the sign turned.
        ([("0.03", one("HALF", "0.5"))], "0.03", "0.02", "0.05"),
        ([("-0.03", one("HALF", "0.5"))], "-0.03", "-0.02", "-0.05"),
    ],
)
def test_tax_on_top(
    lines: list[tuple[str, Treatment | None]], net: str, tax: str, total: str
) -> None:
    found = sums(*lines)

    assert (found.net, found.tax, found.total) == (Decimal(net), Decimal(tax), Decimal(total))


@pytest.mark.parametrize(
    ("gross", "treatment", "net", "tax"),
    [
        ("119.00", VAT_19, "100.00", "19.00"),
        ("49.90", VAT_20, "41.58", "8.32"),  # 49.90 * 0.2 / 1.2 = 8.3166…
        ("0.01", VAT_19, "0.01", "0.00"),
        ("-119.00", VAT_19, "-100.00", "-19.00"),
        ("115.47", treatment_of(GST, QST_BEFORE_2013), "100.43", "15.04"),  # r = 0.14975
        ("100.00", REVERSED, "100.00", "0.00"),
    ],
)
def test_tax_in_the_price(gross: str, treatment: Treatment, net: str, tax: str) -> None:
    found = sums((gross, treatment, True))

    assert (found.net, found.tax, found.total) == (Decimal(net), Decimal(tax), Decimal(gross))


@pytest.mark.parametrize(
    ("rounding", "tax", "by_line"),
    [
        # Three lines of 1.02 at 19 %: 0.1938 each, 0.5814 together.
        (LINE, "0.57", ("0.19", "0.19", "0.19")),
        (GROUP, "0.58", ("0.20", "0.19", "0.19")),
        (DOCUMENT, "0.58", ("0.20", "0.19", "0.19")),
    ],
)
def test_where_it_is_rounded_is_worth_a_cent(
    rounding: TaxRounding, tax: str, by_line: tuple[str, ...]
) -> None:
    found = sums(*[("1.02", VAT_19)] * 3, rounding=rounding)

    assert found.tax == Decimal(tax)
    assert found.taxes == money(*by_line)


@pytest.mark.parametrize(
    ("rounding", "taxes", "tax"),
    [
        # 0.07 * 0.19 = 0.0133, 0.21 * 0.07 = 0.0147; together 0.028.
        (GROUP, ("0.01", "0.01"), "0.02"),
        (DOCUMENT, ("0.01", "0.02"), "0.03"),  # the cent goes to the group that lost 0.0047
    ],
)
def test_a_document_is_rounded_once_and_its_groups_share_it(
    rounding: TaxRounding, taxes: tuple[str, ...], tax: str
) -> None:
    found = sums(("0.07", VAT_19), ("0.21", VAT_7), rounding=rounding)

    assert [group.tax for group in found.groups] == money(*taxes)
    assert found.tax == Decimal(tax)


def test_two_rates_in_prices_with_tax() -> None:
    found = sums(("11.90", VAT_19, True), ("10.70", VAT_7, True), ("23.80", VAT_19, True))

    assert found.nets == money("10.00", "10.00", "20.00")
    assert found.taxes == money("1.90", "0.70", "3.80")
    assert [(group.rate, group.net, group.tax) for group in found.groups] == [
        (Decimal("0.19"), Decimal("30.00"), Decimal("5.70")),
        (Decimal("0.07"), Decimal("10.00"), Decimal("0.70")),
    ]


def test_prices_with_and_without_tax_make_one_group() -> None:
    found = sums(("100.00", VAT_19), ("119.00", VAT_19, True))

    assert found.nets == money("100.00", "100.00")
    assert [(group.net, group.tax) for group in found.groups] == [
        (Decimal("200.00"), Decimal("38.00"))
    ]


def test_taxes_beside_each_other() -> None:
    """Québec since 2013: both on the price. 100.00 → 5.00 and 9.975 → 9.98."""
    found = sums(("100.00", treatment_of(GST, QST)))

    assert [(group.code, group.net, group.tax) for group in found.groups] == [
        ("GST", Decimal("100.00"), Decimal("5.00")),
        ("QST", Decimal("100.00"), Decimal("9.98")),
    ]
    assert found.taxes == money("14.98")


def test_a_tax_on_a_tax() -> None:
    """Québec until 2012: QST on the price with GST. 9.5 % of 105.00 = 9.975 → 9.98."""
    found = sums(("100.00", treatment_of(GST, QST_BEFORE_2013)))

    assert [(group.code, group.net, group.tax) for group in found.groups] == [
        ("GST", Decimal("100.00"), Decimal("5.00")),
        ("QST", Decimal("105.00"), Decimal("9.98")),
    ]
    assert found.total == Decimal("114.98")


def test_stacked_sales_tax_is_rounded_for_each_authority() -> None:
    """Los Angeles: 6 % + 0.25 % + 3.25 % of 19.99 = 1.1994, 0.049975, 0.649675."""
    found = sums(("19.99", CALIFORNIA), currency="USD")

    assert [group.tax for group in found.groups] == money("1.20", "0.05", "0.65")
    assert found.tax == Decimal("1.90")


@pytest.mark.parametrize(
    ("currency", "amount", "tax"), [("JPY", "105", "11"), ("KWD", "1.055", "0.106")]
)
def test_the_currency_says_what_a_cent_is(currency: str, amount: str, tax: str) -> None:
    assert sums((amount, one("T", "0.1")), currency=currency).tax == Decimal(tax)


def test_reverse_charge_and_standard_stay_apart() -> None:
    found = sums(("100.00", VAT_19), ("100.00", REVERSED), ("5.00", NO_VAT))

    assert [(group.category, group.net, group.tax) for group in found.groups] == [
        ("S", Decimal("100.00"), Decimal("19.00")),
        ("AE", Decimal("100.00"), Decimal("0.00")),
        ("Z", Decimal("5.00"), Decimal("0.00")),
    ]


def test_left_units_go_to_who_lost_most_and_the_first_of_equals() -> None:
    thirds = [Decimal(10) / 3] * 3

    assert apportioned(Decimal("10.00"), thirds, "EUR") == money("3.34", "3.33", "3.33")
    assert apportioned(Decimal("-10.00"), [-part for part in thirds], "EUR") == money(
        "-3.33", "-3.33", "-3.34"
    )


TREATMENTS = [
    *(None, VAT_19, VAT_7, VAT_20, REVERSED, NO_VAT, CALIFORNIA),
    *(treatment_of(GST, QST), treatment_of(GST, QST_BEFORE_2013)),
]
currencies = st.sampled_from(["EUR", "JPY", "KWD"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[tuple[Decimal, Treatment | None, bool]], str]:
    currency = draw(currencies)
    unit = Decimal(1).scaleb(-currency_exponent(currency))
    amounts = st.integers(-10_000_000, 10_000_000).map(lambda units: units * unit)
    line = st.tuples(amounts, st.sampled_from(TREATMENTS), st.booleans())
    return draw(st.lists(line, max_size=8)), currency


@given(documents(), st.sampled_from(TaxRounding))
def test_everything_sums(
    document: tuple[list[tuple[Decimal, Treatment | None, bool]], str], rounding: TaxRounding
) -> None:
    lines, currency = document

    found = taxed(lines, currency, rounding)

    assert sum(found.nets) == found.net
    assert sum(found.taxes) == found.tax == sum(group.tax for group in found.groups)
    assert found.total == found.net + found.tax
    for (amount, treatment, is_inclusive), net, tax in zip(
        lines, found.nets, found.taxes, strict=True
    ):
        assert net + tax == amount if is_inclusive else net == amount
        assert treatment is not None or tax == 0
    by_key: dict[str, Decimal] = {}
    for (_, treatment, _), tax in zip(lines, found.taxes, strict=True):
        if treatment is not None:
            by_key[treatment.key] = by_key.get(treatment.key, Decimal(0)) + tax
    in_groups: dict[str, Decimal] = {}
    for group in found.groups:
        in_groups[group.treatment] = in_groups.get(group.treatment, Decimal(0)) + group.tax
    assert in_groups == by_key


@given(documents(), st.sampled_from(TaxRounding), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(
    document: tuple[list[tuple[Decimal, Treatment | None, bool]], str],
    rounding: TaxRounding,
    random: Random,
) -> None:
    lines, currency = document
    shuffled = list(lines)
    random.shuffle(shuffled)

    found, again = (taxed(each, currency, rounding) for each in (lines, shuffled))

    assert (found.net, found.tax, found.total) == (again.net, again.tax, again.total)
    if rounding is not DOCUMENT:  # there the groups share what was rounded, in their order
        assert sorted(found.groups, key=_known_by) == sorted(again.groups, key=_known_by)


def _known_by(group: TaxGroup) -> tuple[str, Decimal, str]:
    return (group.treatment, group.rate, group.code)


@given(documents())
def test_the_quick_way_finds_what_the_long_way_finds(
    document: tuple[list[tuple[Decimal, Treatment | None, bool]], str],
) -> None:
    lines, currency = document
    same = [(amount, VAT_19, False) for amount, _, _ in lines]

    quick = taxed(same, currency, GROUP)
    # A line of nothing with another treatment keeps the quick way from being taken.
    long = taxed([*same, (Decimal(0), VAT_7, False)], currency, GROUP)

    assert quick.taxes == long.taxes[:-1]
    assert (quick.net, quick.tax, quick.total) == (long.net, long.tax, long.total)


@given(st.lists(st.integers(-1000, 1000).map(lambda cents: Decimal(cents).scaleb(-2)), max_size=4))
def test_a_line_is_never_more_than_a_cent_from_its_exact_tax(amounts: list[Decimal]) -> None:
    found = taxed([(amount, VAT_19, False) for amount in amounts], "EUR", GROUP)

    for amount, tax in zip(amounts, found.taxes, strict=True):
        assert abs(tax - amount * VAT_19.rate) < Decimal("0.01") + Decimal("0.005")


def test_every_order_of_three_lines_has_the_same_cent_somewhere() -> None:
    lines = [(Decimal(text), VAT_19, False) for text in ("1.02", "1.03", "1.05")]

    assert {taxed(list(order), "EUR", GROUP).tax for order in permutations(lines)} == {
        Decimal("0.59")  # 3.10 * 0.19
    }

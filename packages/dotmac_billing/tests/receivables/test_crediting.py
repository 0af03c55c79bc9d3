"""What credit notes take back: to the cent, and never more than the invoice holds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.credit_notes.asked import LineCredit
from dotmac_billing.credit_notes.crediting import (
    Credited,
    credit_amount,
    credit_lines,
    credit_rest,
)
from dotmac_billing.credit_notes.errors import (
    CreditAmountInvalidError,
    CreditedLineUnknownError,
    CreditTooLargeError,
)
from dotmac_billing.credit_notes.held import HeldLine, HeldTax, pots
from dotmac_core_ops.money import round_money

EUR = "EUR"
NOTHING = Decimal(0)


def each(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def line(
    n: int, net: str, code: str | None = "VAT", rate: str = "0.2", quantity: str = "1"
) -> HeldLine:
    amount, units = Decimal(net), Decimal(quantity)
    taxed = None if code is None else Decimal(rate)
    return HeldLine(UUID(int=n), n, f"Line {n}", units, amount / units, amount, code, taxed)


def tax(n: int, net: str, amount: str, code: str = "VAT", rate: str = "0.2") -> HeldTax:
    return HeldTax(UUID(int=n), code, Decimal(rate), Decimal(net), Decimal(amount))


LINES = [line(1, "100.00"), line(2, "50.00", "LOW", "0.07"), line(3, "25.00", None)]
TAXES = [tax(1, "100.00", "20.00"), tax(2, "50.00", "3.50", "LOW", "0.07")]


def after(
    lines: Sequence[HeldLine], taxes: Sequence[HeldTax], credited: Credited
) -> tuple[list[HeldLine], list[HeldTax]]:
    """The invoice as it is once `credited` was taken back of it."""
    nets = {one.line.id: (one.net, one.units) for one in credited.lines}
    gone = {one.tax_id: (one.net, one.tax) for one in credited.taxes}
    return (
        [
            one._replace(
                credited=one.credited + nets.get(one.id, (NOTHING, NOTHING))[0],
                units=one.units + nets.get(one.id, (NOTHING, NOTHING))[1],
            )
            for one in lines
        ],
        [
            one._replace(
                credited_net=one.credited_net + gone.get(one.id, (NOTHING, NOTHING))[0],
                credited_tax=one.credited_tax + gone.get(one.id, (NOTHING, NOTHING))[1],
            )
            for one in taxes
        ],
    )


def test_all_of_an_invoice_is_its_lines_and_its_taxes() -> None:
    credited = credit_rest(LINES, TAXES, EUR)

    assert [one.line.position for one in credited.lines] == [1, 2, 3]
    assert [one.net for one in credited.lines] == each("100", "50", "25")
    assert [one.tax for one in credited.taxes] == [Decimal("20.00"), Decimal("3.50")]
    assert [credited.net, credited.tax, credited.total] == each("175", "23.50", "198.50")


@pytest.mark.parametrize(
    ("asked", "net", "taxed"),
    [
        (LineCredit(UUID(int=1), amount=Decimal("33.33")), "33.33", "6.67"),
        (LineCredit(UUID(int=1), quantity=Decimal("0.5")), "50.00", "10.00"),
        (LineCredit(UUID(int=1)), "100.00", "20.00"),
        (LineCredit(UUID(int=2), amount=Decimal("0.01")), "0.01", "0.00"),
        (LineCredit(UUID(int=3), amount=Decimal(25)), "25.00", "0"),
    ],
)
def test_a_part_of_a_line_takes_its_tax_along(asked: LineCredit, net: str, taxed: str) -> None:
    credited = credit_lines([asked], LINES, TAXES, EUR)

    assert (credited.net, credited.tax) == (Decimal(net), Decimal(taxed))


def test_units_are_counted_so_that_three_thirds_are_the_whole() -> None:
    lines, taxes = [line(1, "10.00", quantity="3")], [tax(1, "10.00", "2.00")]
    nets = []
    for _ in range(3):
        credited = credit_lines([LineCredit(UUID(int=1), quantity=Decimal(1))], lines, taxes, EUR)
        nets.append((credited.net, credited.tax))
        lines, taxes = after(lines, taxes, credited)

    # 3.33, 6.67 and 10.00 in all; tax of each is what is new of 0.67, 1.33 and 2.00.
    assert nets == [
        (Decimal("3.33"), Decimal("0.67")),
        (Decimal("3.34"), Decimal("0.66")),
        (Decimal("3.33"), Decimal("0.67")),
    ]


def test_a_hundred_small_credits_take_back_the_tax_of_one_large_one() -> None:
    lines, taxes = [line(1, "2.00")], [tax(1, "2.00", "0.40")]
    total = NOTHING
    for _ in range(100):
        credited = credit_lines(
            [LineCredit(UUID(int=1), amount=Decimal("0.02"))], lines, taxes, EUR
        )
        total += credited.total
        lines, taxes = after(lines, taxes, credited)
        reached = lines[0].credited * Decimal("0.2")
        assert abs(taxes[0].credited_tax - reached) <= Decimal("0.005")

    assert total == Decimal("2.40")


def test_an_amount_is_spread_over_what_is_left_with_its_tax() -> None:
    credited = credit_amount(Decimal("99.25"), LINES, TAXES, EUR)

    # Half of 198.50: 60.00 of the first with its tax, 26.75 of the second, 12.50 of the third.
    assert [one.net for one in credited.lines] == [50, 25, Decimal("12.50")]
    assert [one.tax for one in credited.taxes] == [10, Decimal("1.75")]
    assert credited.total == Decimal("99.25")


def test_several_taxes_of_one_line_are_taken_back_each_for_itself() -> None:
    lines = [line(1, "200.00", "GST+QST", "0.14975")]
    taxes = [
        tax(1, "200.00", "10.00", "GST+QST", "0.14975"),
        tax(2, "200.00", "19.95", "GST+QST", "0.14975"),
    ]

    credited = credit_lines([LineCredit(UUID(int=1), amount=Decimal(50))], lines, taxes, EUR)

    # A quarter of 19.95 is 4.9875.
    assert [one.net for one in credited.taxes] == each("50", "50")
    assert [one.tax for one in credited.taxes] == each("2.50", "4.99")


def test_lines_of_one_tax_with_two_rates_have_each_its_own() -> None:
    lines = [line(1, "100.00", rate="0.16"), line(2, "100.00", rate="0.19")]
    taxes = [tax(1, "100.00", "16.00", rate="0.16"), tax(2, "100.00", "19.00", rate="0.19")]

    credited = credit_lines([LineCredit(UUID(int=2))], lines, taxes, EUR)

    assert [one.tax_id.int for one in credited.taxes] == [2]
    assert credited.tax == 19


def test_what_a_later_invoice_took_back_cannot_be_credited_again() -> None:
    lines = [LINES[0]._replace(reversed=Decimal(40))]

    credited = credit_rest(lines, TAXES[:1], EUR)

    assert [credited.net, credited.tax] == each("60", "12")
    with pytest.raises(CreditTooLargeError):
        credit_lines([LineCredit(UUID(int=1), amount=Decimal("60.01"))], lines, TAXES[:1], EUR)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ([LineCredit(UUID(int=9))], CreditedLineUnknownError),
        ([LineCredit(UUID(int=1)), LineCredit(UUID(int=1))], CreditedLineUnknownError),
        ([LineCredit(UUID(int=1), amount=Decimal("100.01"))], CreditTooLargeError),
        ([LineCredit(UUID(int=1), quantity=Decimal("1.1"))], CreditTooLargeError),
        ([LineCredit(UUID(int=1), quantity=Decimal(0))], CreditAmountInvalidError),
        ([LineCredit(UUID(int=1), amount=Decimal("0.001"))], CreditAmountInvalidError),
        ([LineCredit(UUID(int=1), amount=Decimal("NaN"))], CreditAmountInvalidError),
        ([LineCredit(UUID(int=1), Decimal(1), Decimal(1))], CreditAmountInvalidError),
    ],
)
def test_what_cannot_be_taken_back_is_refused(
    asked: list[LineCredit], error: type[Exception]
) -> None:
    with pytest.raises(error):
        credit_lines(asked, LINES, TAXES, EUR)


@pytest.mark.parametrize("amount", ["198.51", "0", "-1", "0.001"])
def test_an_amount_beyond_the_invoice_is_refused(amount: str) -> None:
    with pytest.raises((CreditTooLargeError, CreditAmountInvalidError)):
        credit_amount(Decimal(amount), LINES, TAXES, EUR)


nets = st.decimals("0.01", "5000", places=2)
RATES = {"A": Decimal("0.2"), "B": Decimal("0.07"), "C": Decimal("0.081")}


@st.composite
def invoices(draw: st.DrawFn) -> tuple[list[HeldLine], list[HeldTax]]:
    lines = [
        HeldLine(
            UUID(int=n),
            n,
            "x",
            units,
            net / units,
            net,
            code,
            RATES.get(code) if code else None,
        )
        for n, (net, units, code) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        nets,
                        st.decimals("0.001", "100", places=3),
                        st.sampled_from(["A", "B", "C", None]),
                    ),
                    min_size=1,
                    max_size=6,
                )
            ),
            1,
        )
    ]
    taxes = []
    for n, (code, rate) in enumerate(RATES.items()):
        base = sum((one.net for one in lines if one.tax_code == code), NOTHING)
        if base:
            amount = round_money(base * rate, EUR)
            taxes.append(HeldTax(UUID(int=n), code, rate, base, amount))
    return lines, taxes


@given(invoices(), st.data())
def test_any_credit_notes_in_turn_sum_to_the_invoice_and_never_go_beyond(
    invoice: tuple[list[HeldLine], list[HeldTax]], data: st.DataObject
) -> None:
    lines, taxes = invoice
    whole = credit_rest(lines, taxes, EUR)
    taken = NOTHING
    for _ in range(data.draw(st.integers(0, 4))):
        left = sum((pot.gross_left for pot in pots(lines, taxes, EUR)), NOTHING)
        if left <= 0:
            break
        if data.draw(st.booleans()):
            amount = data.draw(st.decimals("0.01", left, places=2))
            credited = credit_amount(amount, lines, taxes, EUR)
            assert credited.total == amount
        else:
            one = data.draw(st.sampled_from([one for one in lines if one.left] or lines))
            if one.left <= 0:
                continue
            part = data.draw(st.decimals("0.01", one.left, places=2))
            credited = credit_lines([LineCredit(one.id, amount=part)], lines, taxes, EUR)
            assert credited.net == part
        taken += credited.total
        lines, taxes = after(lines, taxes, credited)
        assert all(0 <= one.left <= one.net for one in lines)
        assert all(0 <= one.credited_tax <= one.tax for one in taxes)

    rest = credit_rest(lines, taxes, EUR)

    assert taken + rest.total == whole.total
    assert whole.total == sum(one.net for one in lines) + sum(one.tax for one in taxes)
    assert all(one.net == one.credited_net for one in after(lines, taxes, rest)[1])


@given(invoices())
def test_a_line_of_a_credit_note_adds_up(invoice: tuple[list[HeldLine], list[HeldTax]]) -> None:
    lines, taxes = invoice
    for credited in (
        credit_rest(lines, taxes, EUR),
        credit_lines(
            [LineCredit(one.id, quantity=one.quantity / 2) for one in lines], lines, taxes, EUR
        ),
    ):
        for one in credited.lines:
            assert round_money(one.quantity * one.unit_price, EUR) == one.net

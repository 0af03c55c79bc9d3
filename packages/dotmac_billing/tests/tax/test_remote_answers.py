"""What a tax service is asked, and what becomes of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from dotmac_billing.assembly.line import Charge
from dotmac_billing.assembly.taxing import ToTax
from dotmac_billing.invoicing.manual import NewLine, charge_of
from dotmac_billing.remote_tax.answers import TaxAnswers
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.tax.documents import TaxedDocument, TaxNotCalculated
from dotmac_billing.tax.errors import TaxLinesChangedError, TaxServiceUnavailableError
from dotmac_billing.tax.line_by_line import LineTaxed, summed
from dotmac_billing.tax.treatment import AppliedTax, Treatment, treatment_of

ABOUT = ToTax(UUID(int=1), UUID(int=2), date(2026, 2, 1), "USD")
ID, OTHER_ID = UUID(int=3), UUID(int=4)


def taxed_at(state: str, city: str) -> Treatment:
    return treatment_of(
        AppliedTax("State", "State", Decimal(state)), AppliedTax("City", "City", Decimal(city))
    )


def charges(price: str, tax_code: str | None = "internet") -> list[Charge]:
    return [charge_of(NewLine("Internet", Decimal(1), Decimal(price), tax_code), "USD")]


def amounts(lines: Sequence[Charge]) -> list[Decimal]:
    return [line.amount for line in lines]


def asked(lines: Sequence[Charge]) -> TaxAnswers:
    answers = TaxAnswers(TaxCalculatorName.AVALARA, {"internet": "SI020000"})
    own_id, note = answers.note(ABOUT, ID)
    assert own_id == ID
    note(lines, amounts(lines))
    return answers


def answered(lines: Sequence[Charge]) -> TaxAnswers:
    answers = asked(lines)
    for one in answers.unanswered():
        known = LineTaxed(one.lines[0].amount, taxed_at("0.06", "0.01"), [Decimal(6), Decimal(1)])
        one.answer = TaxedDocument(one.id, *summed([known]))
    return answers


def test_an_answer_is_given_under_the_id_that_was_asked_about() -> None:
    lines = charges("100.00")

    invoice_id, tax = answered(lines).give(ABOUT, OTHER_ID)
    treatments, sums = tax(lines, amounts(lines))

    assert invoice_id == ID
    assert (sums.net, sums.tax) == (Decimal("100.00"), Decimal(7))
    assert [each and each.rate for each in treatments] == [Decimal("0.07")]


def test_the_service_hears_its_own_code_of_the_category() -> None:
    [one] = asked(charges("100.00")).unanswered()

    assert (one.lines[0].tax_code, one.lines[0].external_code) == ("internet", "SI020000")


def test_what_changed_meanwhile_has_no_answer() -> None:
    _, tax = answered(charges("100.00")).give(ABOUT, ID)
    changed = charges("100.01")

    with pytest.raises(TaxLinesChangedError):
        tax(changed, amounts(changed))


def test_what_changed_is_asked_again_under_the_same_id() -> None:
    answers = answered(charges("100.00"))
    changed = charges("100.01")

    _, note = answers.note(ABOUT, OTHER_ID)
    note(changed, amounts(changed))

    assert [(one.id, one.lines[0].amount) for one in answers.unanswered()] == [
        (ID, Decimal("100.01"))
    ]


def test_what_was_never_asked_is_not_free_of_tax() -> None:
    lines = charges("100.00")
    _, tax = TaxAnswers(TaxCalculatorName.AVALARA, {}).give(ABOUT, ID)

    with pytest.raises(TaxLinesChangedError):
        tax(lines, amounts(lines))


def test_the_refusal_of_the_service_is_that_of_the_invoice() -> None:
    lines = charges("100.00")
    answers = asked(lines)
    for one in answers.unanswered():
        one.answer = TaxNotCalculated(one.id, TaxServiceUnavailableError("avalara", "status 503"))
    _, tax = answers.give(ABOUT, ID)

    with pytest.raises(TaxServiceUnavailableError):
        tax(lines, amounts(lines))


def test_nobody_is_asked_about_what_is_not_taxed() -> None:
    lines = charges("100.00", tax_code=None)
    answers = asked(lines)
    _, tax = answers.give(ABOUT, ID)

    assert answers.unanswered() == []
    assert tax(lines, amounts(lines))[1].total == Decimal("100.00")


def test_a_credit_has_the_tax_that_was_charged() -> None:
    treatment = taxed_at("0.06", "0.01")
    credit = charges("-33.33", None)[0]._replace(treatment=treatment)

    [one] = asked([credit]).unanswered()

    # 1.9998 and 0.3333, each rounded.
    assert one.lines[0].given == (treatment, Decimal("-2.33"))


def test_invoices_that_are_issued_are_not_known_any_more() -> None:
    answers = answered(charges("100.00"))

    answers.forget({ID})

    assert answers.give(ABOUT, OTHER_ID)[0] == OTHER_ID


def test_lines_are_summed_without_working_tax_out_again() -> None:
    food, other = taxed_at("0.06", "0.01"), taxed_at("0.06", "0.02")

    treatments, sums = summed(
        [
            LineTaxed(Decimal("10.00"), food, [Decimal("0.61"), Decimal("0.10")]),
            LineTaxed(Decimal("5.00"), None),
            LineTaxed(Decimal("-10.00"), food, [Decimal("-0.60"), Decimal("-0.10")]),
            LineTaxed(Decimal("20.00"), other, [Decimal("1.20"), Decimal("0.40")]),
        ]
    )

    assert [each and each.key for each in treatments] == [
        "State+City",
        None,
        "State+City",
        "State+City~2",
    ]
    assert [(one.treatment, one.code, one.net, one.tax) for one in sums.groups] == [
        ("State+City", "State", Decimal("0.00"), Decimal("0.01")),
        ("State+City", "City", Decimal("0.00"), Decimal("0.00")),
        ("State+City~2", "State", Decimal("20.00"), Decimal("1.20")),
        ("State+City~2", "City", Decimal("20.00"), Decimal("0.40")),
    ]
    assert (sums.net, sums.tax, sums.total) == (Decimal(25), Decimal("1.61"), Decimal("26.61"))

"""UBL and CII against their official schemas, for documents of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dotmac_billing.documents.cii import cii
from dotmac_billing.documents.code_lists import unit_code
from dotmac_billing.documents.document import Document, DocumentKind, DocumentLine, Reference, Span
from dotmac_billing.documents.en16931_rules import broken_rules
from dotmac_billing.documents.sample import document, line, sample_document
from dotmac_billing.documents.ubl import ubl
from dotmac_billing.documents.xml_values import billed

Valid = Callable[[Document], list[str]]
Failing = Callable[[Document], set[str]]


def credit_note() -> Document:
    return replace(
        sample_document(),
        kind=DocumentKind.CREDIT_NOTE,
        number="CN-7",
        preceding=(Reference("INV-2026-00042", date(2026, 11, 1)),),
    )


KINDS = {
    "everything": sample_document(),
    "credit note": credit_note(),
    "debit note": replace(sample_document(), kind=DocumentKind.DEBIT_NOTE),
    "corrected": replace(
        sample_document(),
        kind=DocumentKind.CORRECTED_INVOICE,
        preceding=(Reference("INV-1"),),
    ),
    "zero": document([line(1, "Trial", "0.00")]),
    "negative": document([line(1, "Fiber", "10.00"), line(2, "Credit for October", "-49.90")]),
    "negative price": document([line(1, "Credit", "-30.00", quantity="2", unit_price="-15.00")]),
    "reverse charge": document([line(1, "Fiber", "49.90", category="AE", rate="0")]),
    "exempt": document([line(1, "Course", "49.90", category="E", rate="0")]),
    "two rates": document([line(1, "Fiber", "49.90"), line(2, "Book", "9.35", rate="0.07")]),
    "discount": document([line(1, "Fiber", "49.90", discount="4.99")]),
    "surcharge": document([line(1, "Fiber", "49.90", discount="-5.00")]),
    "discount on a credit": document([line(1, "Fiber", "-49.90", discount="-4.99")]),
    "paid before": document([line(1, "Fiber", "49.90")], paid="59.38"),
    "yen": document([line(1, "Fiber", "4990")], currency="JPY"),
    "tax in another currency": replace(
        document([line(1, "Fiber", "49.90")]),
        own_currency="SEK",
        tax_in_own_currency=Decimal("104.28"),
    ),
    "order": replace(sample_document(), order="PO-1", delivery_country="IE"),
    "names of the world": replace(
        sample_document(),
        buyer=replace(sample_document().buyer, name="株式会社 <Ωmega & الشركة> Щ", city="東京"),
    ),
    "no way to pay": replace(sample_document(), means=None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_is_valid(
    kind: str, schema_errors: Valid, official_findings: Failing
) -> None:
    written = KINDS[kind]

    assert schema_errors(written) == []
    assert broken_rules(written) == []
    assert official_findings(written) == set()


def test_the_same_document_gives_the_same_bytes() -> None:
    assert ubl(sample_document()) == ubl(sample_document())
    assert cii(sample_document()) == cii(sample_document())


def test_the_last_day_is_named_not_the_first_day_after() -> None:
    root = etree.fromstring(ubl(sample_document()))

    assert root.findtext(".//{*}InvoicePeriod/{*}EndDate") == "2026-11-30"


def test_a_credit_note_of_ubl_is_a_credit_note() -> None:
    root = etree.fromstring(ubl(credit_note()))

    assert etree.QName(root).localname == "CreditNote"
    assert root.findtext("{*}CreditNoteTypeCode") == "381"
    assert root.findtext(".//{*}BillingReference//{*}ID") == "INV-2026-00042"


@pytest.mark.parametrize(
    ("quantity", "unit_price", "gross", "said"),
    [
        ("3", "1.50", "4.50", ("3", "1.50", "1")),
        ("1000", "0.0005", "0.50", ("1000", "0.0005", "1")),
        ("1480", "0.025", "36.80", ("1480", "36.80", "1480")),  # tiers: no price fits
        ("0", "9.00", "25.00", ("1", "25.00", "1")),  # a minimum with nothing used
        ("1", "-9.90", "-9.90", ("-1", "9.90", "1")),
        ("2", "3.00", "-7.00", ("-2", "7.00", "2")),
    ],
)
def test_quantity_times_price_is_the_amount(
    quantity: str, unit_price: str, gross: str, said: tuple[str, str, str]
) -> None:
    got = billed(line(1, "x", gross, quantity=quantity, unit_price=unit_price), "EUR")

    assert got == tuple(Decimal(part) for part in said)
    assert (got.quantity * got.price / got.per).quantize(Decimal("0.01")) == Decimal(gross)


def test_units_have_the_codes_of_the_standard() -> None:
    assert [unit_code(unit) for unit in ("GB", "hour", "month", None, "blink")] == [
        *("E34", "HUR", "MON", "C62", "C62")
    ]


cents = st.integers(-10_000_000, 10_000_000).map(lambda amount: Decimal(amount).scaleb(-2))
quantities = st.integers(0, 10**9).map(lambda units: Decimal(units).scaleb(-3))
# What XML 1.0 can hold; the data base refuses the same.
texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Z"]), min_size=1, max_size=40
)


@st.composite
def document_lines(draw: st.DrawFn) -> DocumentLine:
    gross = draw(cents)
    discount = draw(st.sampled_from([Decimal(0), gross, draw(cents)]))
    category, rate = draw(
        st.sampled_from([("S", "0.19"), ("S", "0.07"), ("S", "0.0775"), ("Z", "0"), ("E", "0")])
    )
    start = draw(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
    made = line(1, draw(texts), "0", category=category, rate=rate)
    return replace(
        made,
        quantity=draw(quantities),
        unit_price=draw(cents),
        gross=gross,
        discount=discount,
        net=gross - discount,
        period=draw(st.sampled_from([None, Span(start, start), Span(start, date(2030, 6, 1))])),
        explanation=tuple(draw(st.lists(texts, max_size=2))),
    )


@given(
    lines=st.lists(document_lines(), min_size=1, max_size=6),
    paid=cents,
    kind=st.sampled_from(DocumentKind),
)
@settings(max_examples=60, deadline=None)
def test_any_document_with_right_sums_is_valid(
    lines: list[DocumentLine],
    paid: Decimal,
    kind: DocumentKind,
    schema_errors: Valid,
    official_findings: Failing,
) -> None:
    numbered = [replace(each, position=place) for place, each in enumerate(lines, 1)]
    right = replace(document(numbered, paid=str(paid)), kind=kind)

    assert broken_rules(right) == []
    assert schema_errors(right) == []
    assert official_findings(right) == set()

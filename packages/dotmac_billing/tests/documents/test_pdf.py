"""PDFs as people and programs read them."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import facturx
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from dotmac_billing.documents.adapters.rendering import render
from dotmac_billing.documents.cii import cii
from dotmac_billing.documents.document import Document, DocumentKind, Mark, Reference
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.labels import LABELS
from dotmac_billing.documents.payment_code import code_squares, payment_text
from dotmac_billing.documents.sample import document, line, sample_document
from dotmac_billing.documents.style import Paper, Style

LOGO = BytesIO()
Image.new("RGBA", (30, 10), (10, 20, 200, 120)).save(LOGO, "PNG")
WITH_LOGO = Style(logo=LOGO.getvalue())


def text(pdf: bytes) -> str:
    """What is read from the pages, joined letters taken apart again."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return unicodedata.normalize("NFKC", "\n".join(pages))


def pdf(of: Document, style: Style | None = None, mark: Mark | None = None) -> bytes:
    return render(of, Form.PDF, style or Style(), mark=mark)


def fonts_of(reader: PdfReader) -> list[DictionaryObject]:
    pages: list[Any] = list(reader.pages)
    return [
        font.get_object()
        for page in pages
        for font in page["/Resources"]["/Font"].get_object().values()
    ]


def named(name: str) -> Document:
    sample = sample_document()
    return replace(sample, buyer=replace(sample.buyer, name=name))


@pytest.mark.parametrize(
    "name", ["Žofie Łukasz Ñandú", "Ελληνικά Δίκτυα", "Объединённые сети", "华为技术", "한국전력"]
)
def test_names_of_every_script_are_read_again(name: str) -> None:
    assert name in text(pdf(named(name)))


def test_japanese_names_are_read_again() -> None:
    assert "株式会社さくら" in text(pdf(named("株式会社さくら")))


def test_arabic_names_are_read_again() -> None:
    # Some readers turn the line around again, and some show it as it was drawn.
    read = text(pdf(named("الشركة العربية")))

    assert "العربية" in read or "العربية"[::-1] in read


def test_every_letter_is_embedded() -> None:
    reader = PdfReader(BytesIO(pdf(named("Ω 华为 الشركة"), WITH_LOGO)))

    fonts = fonts_of(reader)
    assert len({str(font["/BaseFont"]) for font in fonts}) >= 4
    descriptors: list[Any] = [font["/FontDescriptor"].get_object() for font in fonts]
    assert all("/FontFile2" in descriptor for descriptor in descriptors)


def test_the_same_document_gives_the_same_bytes() -> None:
    for form in (Form.PDF, Form.FACTURX, Form.HTML):
        assert render(sample_document(), form, WITH_LOGO) == render(
            sample_document(), form, WITH_LOGO
        )


def test_documents_made_at_once_do_not_mix() -> None:
    names = ["华为技术", "Ελληνικά", "Объединённые", "株式会社さくら"] * 3
    alone = [pdf(named(name)) for name in names]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: pdf(named(name)), names))

    assert together == alone


def test_many_lines_repeat_the_heading_and_count_the_pages() -> None:
    many = document([line(place, f"Line {place}", "1.00") for place in range(1, 101)])

    drawn = pypdfium2.PdfDocument(pdf(many))
    pages = [page.get_textpage().get_text_bounded() for page in drawn]

    assert len(pages) > 2
    for place, page in enumerate(pages, 1):
        assert f"Page {place} of {len(pages)}" in page
        assert ("Unit price" in page) == ("Line " in page)
    assert sum(page.count("Line ") for page in pages) == 100


def test_a_page_says_what_it_has_to() -> None:
    said = text(pdf(sample_document()))

    for part in (
        *("Invoice", "INV-2026-00042", "Nov 1, 2026", "Nov 15, 2026", "DE123456789"),
        *("Fiber 100 business", "First 1,000 GB at 0.028: 28.00", "10 % for twelve months"),
        *("VAT 19 %", "83.02", "15.77", "VAT 7 %", "0.84", "€111.63", "-€20.00", "€91.63"),
        *("DE02 1203 0000 0000 2020 51", "Payable within 14 days", "Page 1 of 1"),
    ):
        assert part in said


@pytest.mark.parametrize(
    ("mark", "word"), [(Mark.DRAFT, "DRAFT"), (Mark.PAID, "PAID"), (Mark.VOID, "VOID")]
)
def test_a_page_is_stamped_with_how_things_stand(mark: Mark, word: str) -> None:
    assert word in text(pdf(sample_document(), mark=mark))
    assert word not in text(pdf(sample_document()))


def test_a_paid_invoice_asks_for_no_money() -> None:
    said = text(pdf(sample_document(), mark=Mark.PAID))

    assert "Nothing to pay" in said
    assert "IBAN" not in said


def test_why_there_is_no_tax_is_said() -> None:
    said = text(pdf(document([line(1, "Fiber", "49.90", category="AE", rate="0")])))

    assert "Reverse charge" in said


def test_a_credit_note_gives_and_names_its_invoice() -> None:
    note = replace(
        sample_document(),
        kind=DocumentKind.CREDIT_NOTE,
        preceding=(Reference("INV-7", date(2026, 10, 1)),),
    )

    said = text(pdf(note))

    assert "Credit note" in said
    assert "Amount credited" in said
    assert "INV-7" in said
    assert "IBAN" not in said


@pytest.mark.parametrize("language", LABELS)
def test_every_language_has_a_word_for_everything(language: str) -> None:
    words, english = LABELS[language], LABELS["en"]

    assert all(word.strip() for word in words)
    for word, meant in zip(words, english, strict=True):
        assert re.findall("{.*?}", word) == re.findall("{.*?}", meant)
    if language != "en":
        assert sum(word == meant for word, meant in zip(words, english, strict=True)) < 12


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de_DE", ("Rechnung", "01.11.2026", "91,63 €", "1.480")),
        ("fr_FR", ("Facture", "1 nov. 2026", "91,63 €")),
        ("es_ES", ("Factura", "1 nov 2026", "91,63 €")),
        ("en_US", ("Invoice", "Nov 1, 2026", "€91.63", "1,480")),
        ("xx", ("Invoice",)),
    ],
)
def test_money_and_days_are_written_as_the_country_does(locale: str, said: tuple[str, ...]) -> None:
    read = text(pdf(sample_document(), Style(locale)))

    for part in said:
        assert part in read


def test_an_arabic_page_runs_from_right_to_left() -> None:
    page = pypdfium2.PdfDocument(pdf(sample_document(), Style("ar")))[0]
    found = page.get_textpage().search("INV-2026-00042").get_next()
    assert found is not None
    left, *_ = page.get_textpage().get_charbox(found[0])

    assert left < page.get_width() / 3  # the number stands at the right on other pages


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (595, 842)), (Paper.LETTER, (612, 792))])
def test_paper_is_as_wanted(paper: Paper, size: tuple[int, int]) -> None:
    page = pypdfium2.PdfDocument(pdf(sample_document(), Style(paper=paper)))[0]

    assert tuple(round(side) for side in page.get_size()) == size


def test_yen_have_no_cents() -> None:
    said = text(pdf(document([line(1, "Fiber", "4990")], currency="JPY"), Style("ja")))

    assert "5,938" in said
    assert "5,938." not in said


def test_the_payment_code_says_what_to_pay() -> None:
    assert payment_text(sample_document()) == (
        "BCD\n002\n1\nSCT\nBYLADEM1001\nSample Networks Ltd\nDE02120300000000202051\n"
        "EUR91.63\n\n\nINV-2026-00042"
    )
    squares = code_squares("BCD")
    assert len(squares) == 21
    assert squares[0][:7] == [True] * 7


@pytest.mark.parametrize(
    "unpayable",
    [
        replace(sample_document(), due=Decimal(0)),
        replace(sample_document(), due=Decimal(-1)),
        replace(sample_document(), currency="USD"),
        replace(sample_document(), means=None),
        replace(sample_document(), kind=DocumentKind.CREDIT_NOTE),
    ],
    ids=["paid", "credit", "dollars", "no account", "credit note"],
)
def test_there_is_no_code_where_nothing_can_be_paid_by_it(unpayable: Document) -> None:
    assert payment_text(unpayable) is None


def test_factur_x_is_pdf_a_3_as_far_as_its_parts_tell() -> None:
    hybrid = render(named("Ω 华为 الشركة"), Form.FACTURX, WITH_LOGO)

    reader = PdfReader(BytesIO(hybrid))
    root: Any = reader.trailer["/Root"]
    intent = root["/OutputIntents"][0].get_object()
    xmp = str(reader.xmp_metadata and reader.xmp_metadata.rdf_root.toxml())
    images = [image for page in reader.pages for image in page.images]
    assert intent["/S"] == "/GTS_PDFA1"
    assert 'pdfaid:part="3" pdfaid:conformance="B"' in xmp
    assert 'fx:ConformanceLevel="EN 16931"' in xmp
    assert reader.trailer["/ID"]
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Data"
    assert "/SMask" not in str(reader.pages[0]["/Resources"])
    assert len(images) == 1
    assert not reader.is_encrypted


def test_factur_x_carries_the_invoice() -> None:
    hybrid = render(sample_document(), Form.FACTURX, Style())

    name, xml = facturx.get_facturx_xml_from_pdf(hybrid)

    assert (name, xml) == ("factur-x.xml", cii(sample_document()))

"""HTML by the built-in page and by tenants' own, which must reach nothing."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from dotmac_billing.documents.adapters.rendering import render
from dotmac_billing.documents.adapters.weasyprint_pdf import html_pdf
from dotmac_billing.documents.errors import HtmlRendererMissingError, InvalidTemplateError
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.sample import sample_document
from dotmac_billing.documents.style import Style


def page(template: str | None = None, style: Style | None = None) -> str:
    return render(sample_document(), Form.HTML, style or Style("en_GB"), template=template).decode()


def test_the_built_in_page_says_what_the_pdf_says() -> None:
    said = page()

    for part in ("Invoice", "€91.63", "Fiber 100 business", "15.77", "First 1,000 GB at 0.028"):
        assert part in said
    assert '<html lang="en-GB" dir="ltr">' in said


def test_an_arabic_page_runs_from_right_to_left() -> None:
    assert '<html lang="ar" dir="rtl">' in page(style=Style("ar"))


def test_what_customers_are_called_is_never_run() -> None:
    sample = sample_document()
    evil = replace(sample, buyer=replace(sample.buyer, name="<script>alert(1)</script>{{ 7*7 }}"))

    said = render(evil, Form.HTML, Style()).decode()

    assert "<script>" not in said
    assert "{{ 7*7 }}" in said


def test_a_tenants_own_page_gets_the_view() -> None:
    said = page(
        "<b>{{ view.number }}</b>{% for row in view.table.rows %}{{ row.cells[0] }};{% endfor %}"
    )

    assert said == "<b>INV-2026-00042</b>Fiber 100 business;Traffic;Router manual, printed;"


@pytest.mark.parametrize(
    "template",
    [
        "{{ view.__class__.__mro__ }}",
        "{{ view.__init__.__globals__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ view.rows.append(1) }}",
        "{% include 'secrets' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{{ range(10) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 2 ** 1000000 }}",
        "{{ 'a'|center(1000000000) }}",
        "{% macro a() %}{{ a() }}{% endmacro %}",
        "{{ cycler }}",
        "{{ view.missing }}",
        "{% for %}",
    ],
)
def test_a_page_that_reaches_out_is_refused(template: str) -> None:
    with pytest.raises(InvalidTemplateError):
        page(template)


def test_a_page_becomes_a_pdf() -> None:
    sample = sample_document()
    buyer = replace(sample.buyer, name="Ωmega Щука 华为技术")

    drawn = render(replace(sample, buyer=buyer), Form.HTML_PDF, Style())

    said = pypdfium2.PdfDocument(drawn)[0].get_textpage().get_text_bounded()
    assert "INV-2026-00042" in said
    assert "Ωmega Щука 华为技术" in said
    page_of: Any = PdfReader(BytesIO(drawn)).pages[0]
    held = [font.get_object() for font in page_of["/Resources"]["/Font"].values()]
    assert all("Noto" in str(font["/BaseFont"]) for font in held)


def test_an_arabic_page_becomes_a_pdf() -> None:
    drawn = render(sample_document(), Form.HTML_PDF, Style("ar"))

    said = pypdfium2.PdfDocument(drawn)[0].get_textpage().get_text_bounded()
    assert "INV-2026-00042" in said


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.png", "file:" + 3 * "/" + "secrets.txt"])
def test_making_a_pdf_fetches_nothing(address: str, caplog: pytest.LogCaptureFixture) -> None:
    drawn = html_pdf(f'<p>seen</p><img src="{address}">')

    assert b"%PDF" in drawn
    assert "URI uses disallowed protocol" in caplog.text


def test_a_missing_renderer_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    usual: Callable[..., object] = builtins.__import__

    def absent(name: str, *arguments: object, **options: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return usual(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", absent)

    with pytest.raises(HtmlRendererMissingError) as refused:
        html_pdf("<p>x</p>")

    assert refused.value.details["problem"] == "cannot load library 'libpango-1.0-0'"

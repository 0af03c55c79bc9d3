"""Documents of invoices and credit notes."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.schemas import (
    ComplianceOut,
    LocaleName,
    TemplateCode,
)
from dotmac_billing.documents.service import (
    DocumentService,
    Made,
    statement_document,
)
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx
from dotmac_core_ops.files import FileStore, open_file_store
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

documents_router = APIRouter(tags=["Documents"])

InvoiceReader = Annotated[Principal, Depends(requires("invoices:read"))]
CreditNoteReader = Annotated[Principal, Depends(requires("credit_notes:read"))]
Reader = Annotated[Principal, Depends(requires("billing:read"))]
Writer = Annotated[Principal, Depends(requires("billing:write"))]

TemplateQuery = Annotated[
    TemplateCode | None, Query(description="A template's code. Default: the tenant's default one.")
]
LocaleQuery = Annotated[
    LocaleName | None, Query(description="Language and figures. Default: the template's.")
]


class Renderer(Enum):
    """What draws a PDF: ReportLab, or WeasyPrint from HTML."""

    REPORTLAB = "reportlab"
    HTML = "html"


class XmlForm(Enum):
    """UBL 2.1, CII, Factur-X (a PDF/A-3 with the CII in it), or UBL as Peppol BIS Billing 3.0."""

    UBL = "ubl"
    CII = "cii"
    PEPPOL = "peppol"
    FACTURX = "facturx"


BINARY = {"schema": {"type": "string", "format": "binary"}}
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": BINARY}}}
_XML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/xml": {"schema": {"type": "string"}}, "application/pdf": BINARY}}
}
_HTML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}}}
}


def _files(request: Request) -> FileStore:
    """Where drawn documents are kept."""
    return open_file_store(request.app.state.settings)


def sent(made: Made, request: Request) -> Response:
    """The document as an answer: not again to who has these bytes already."""
    # A page is shown, everything else saved under its number. A page of a tenant's own template
    # must not act in the name of who looks at it.
    shown = "inline" if made.form in {Form.HTML, Form.PDF, Form.HTML_PDF} else "attachment"
    headers = {
        "content-disposition": f'{shown}; filename="{made.name}"',
        "content-security-policy": "sandbox; default-src 'none'; img-src data:; "
        "style-src 'unsafe-inline'",
        "etag": f'"{made.tag}"',
        "cache-control": "private, no-cache",
    }
    if request.headers.get("if-none-match") == f'"{made.tag}"':
        return Response(status_code=304, headers=headers)
    return Response(made.content, headers=headers, media_type=made.form.media_type)


@documents_router.get(
    "/invoices/{invoice_id}/pdf",
    summary="Get an invoice as PDF",
    response_class=Response,
    responses=PDF,
)
async def invoice_pdf(
    *,
    invoice_id: UUID,
    tx: Tx,
    request: Request,
    _: InvoiceReader,
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
    renderer: Annotated[Renderer, Query()] = Renderer.REPORTLAB,
) -> Response:
    """The invoice on paper, with what has been paid by now, and PAID or VOID across it."""
    form = Form.PDF if renderer is Renderer.REPORTLAB else Form.HTML_PDF
    made = await DocumentService(tx, _files(request)).invoice(
        invoice_id, form, template=template, locale=locale
    )
    return sent(made, request)


@documents_router.get(
    "/invoices/{invoice_id}/html",
    summary="Get an invoice as HTML",
    response_class=Response,
    responses=_HTML,
)
async def invoice_html(
    *,
    invoice_id: UUID,
    tx: Tx,
    request: Request,
    _: InvoiceReader,
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
) -> Response:
    """The invoice as a page that stands alone; it fetches nothing and runs no script."""
    service = DocumentService(tx)
    made = await service.invoice(invoice_id, Form.HTML, template=template, locale=locale)
    return sent(made, request)


@documents_router.get(
    "/invoices/{invoice_id}/xml",
    summary="Get an invoice as e-invoice",
    response_class=Response,
    responses=_XML,
)
async def invoice_xml(
    *,
    invoice_id: UUID,
    tx: Tx,
    request: Request,
    _: InvoiceReader,
    format: Annotated[XmlForm, Query()] = XmlForm.UBL,  # noqa: A002 - the name of the parameter
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
) -> Response:
    """The invoice by EN 16931 as it was when it was issued; `facturx` is a PDF with the XML in it.

    Whether it conforms is told by `/invoices/{id}/compliance`.
    """
    form = Form(format.value)
    made = await DocumentService(tx, _files(request)).invoice(
        invoice_id, form, template=template, locale=locale
    )
    return sent(made, request)


@documents_router.get(
    "/invoices/{invoice_id}/compliance",
    summary="Check an invoice against EN 16931",
    response_model=Envelope[ComplianceOut],
)
async def invoice_compliance(invoice_id: UUID, tx: Tx, _: InvoiceReader) -> dict[str, Any]:
    """Every business rule that the invoice breaks; tenants that require it cannot issue one."""
    findings = await DocumentService(tx).findings(invoice_id)
    return enveloped({"conforms": not findings, "findings": findings})


@documents_router.get(
    "/credit-notes/{credit_note_id}/pdf",
    summary="Get a credit note as PDF",
    response_class=Response,
    responses=PDF,
)
async def credit_note_pdf(
    *,
    credit_note_id: UUID,
    tx: Tx,
    request: Request,
    _: CreditNoteReader,
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
    renderer: Annotated[Renderer, Query()] = Renderer.REPORTLAB,
) -> Response:
    """The credit note on paper."""
    form = Form.PDF if renderer is Renderer.REPORTLAB else Form.HTML_PDF
    service = DocumentService(tx)
    made = await service.credit_note(credit_note_id, form, template=template, locale=locale)
    return sent(made, request)


@documents_router.get(
    "/credit-notes/{credit_note_id}/html",
    summary="Get a credit note as HTML",
    response_class=Response,
    responses=_HTML,
)
async def credit_note_html(
    *,
    credit_note_id: UUID,
    tx: Tx,
    request: Request,
    _: CreditNoteReader,
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
) -> Response:
    """The credit note as a page that stands alone; it fetches nothing and runs no script."""
    service = DocumentService(tx)
    made = await service.credit_note(credit_note_id, Form.HTML, template=template, locale=locale)
    return sent(made, request)


@documents_router.get(
    "/credit-notes/{credit_note_id}/xml",
    summary="Get a credit note as e-invoice",
    response_class=Response,
    responses=_XML,
)
async def credit_note_xml(
    *,
    credit_note_id: UUID,
    tx: Tx,
    request: Request,
    _: CreditNoteReader,
    format: Annotated[XmlForm, Query()] = XmlForm.UBL,  # noqa: A002 - the name of the parameter
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
) -> Response:
    """The credit note by EN 16931; `facturx` is a PDF with the XML in it."""
    service = DocumentService(tx)
    form = Form(format.value)
    made = await service.credit_note(credit_note_id, form, template=template, locale=locale)
    return sent(made, request)


@documents_router.get(
    "/credit-notes/{credit_note_id}/compliance",
    summary="Check a credit note against EN 16931",
    response_model=Envelope[ComplianceOut],
)
async def credit_note_compliance(
    credit_note_id: UUID, tx: Tx, _: CreditNoteReader
) -> dict[str, Any]:
    """Every business rule that the credit note breaks."""
    findings = await DocumentService(tx).credit_note_findings(credit_note_id)
    return enveloped({"conforms": not findings, "findings": findings})


@documents_router.get(
    "/billing/customers/{customer_id}/statements/pdf",
    summary="Get a customer's statement as PDF",
    response_class=Response,
    responses=PDF,
)
async def statement_pdf(
    *,
    customer_id: UUID,
    tx: Tx,
    request: Request,
    _: Annotated[Principal, Depends(requires("statements:read"))],
    from_on: Annotated[
        Day | None, Query(description="First day; else of the last's month.")
    ] = None,
    to_on: Annotated[Day | None, Query(description="Last day; else today.")] = None,
    currency: Annotated[CurrencyCode | None, Query(description="Else the customer's.")] = None,
    template: TemplateQuery = None,
    locale: LocaleQuery = None,
) -> Response:
    """Every movement with the balance after it, opening and closing balance, in one currency."""
    made = await statement_document(
        tx, customer_id, (from_on, to_on), currency=currency, template=template, locale=locale
    )
    return sent(made, request)

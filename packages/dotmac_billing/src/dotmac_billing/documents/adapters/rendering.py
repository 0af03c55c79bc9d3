"""Every form of a document, from the one model. CPU work: call it off the event loop."""

from __future__ import annotations

from datetime import date

from dotmac_billing.documents.adapters.facturx_pdf import with_invoice
from dotmac_billing.documents.adapters.reportlab_pdf import draw
from dotmac_billing.documents.adapters.typefaces import NotoFonts
from dotmac_billing.documents.adapters.weasyprint_pdf import html_pdf
from dotmac_billing.documents.cii import cii
from dotmac_billing.documents.document import Document, Mark
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.html_page import html_page
from dotmac_billing.documents.layout import lay_out
from dotmac_billing.documents.peppol import CUSTOMIZATION, PROFILE
from dotmac_billing.documents.style import Style
from dotmac_billing.documents.ubl import ubl
from dotmac_billing.documents.view import View
from dotmac_billing.documents.wording import document_view


def render(
    document: Document,
    form: Form,
    style: Style,
    *,
    mark: Mark | None = None,
    template: str | None = None,
) -> bytes:
    """The document in that form; `template` is a tenant's own for HTML.

    Raises:
        HtmlRendererMissingError: PDF from HTML is asked for where it cannot be made.
        InvalidTemplateError: the tenant's template fails.
    """
    if form is Form.UBL:
        return ubl(document)
    if form is Form.PEPPOL:
        return ubl(document, customization=CUSTOMIZATION, profile=PROFILE)
    if form is Form.CII:
        return cii(document)
    view = document_view(document, style, mark)
    if form is not Form.FACTURX:
        return render_view(view, form, style, on=document.issued_on, template=template)
    title = f"{view.title} {view.number}"
    return with_invoice(
        render_view(view, Form.PDF, style, on=document.issued_on),
        cii(document),
        title=title,
        author=view.sender_name,
        issued_on=document.issued_on,
    )


def render_view(
    view: View, form: Form, style: Style, *, on: date, template: str | None = None
) -> bytes:
    """Anything for the eye as PDF or HTML, dated `on`; it refuses as `render` does."""
    if form in {Form.HTML, Form.HTML_PDF}:
        page = html_page(view, style, template)
        return html_pdf(page) if form is Form.HTML_PDF else page.encode()
    return draw(
        lay_out(view, style, NotoFonts()),
        title=f"{view.title} {view.number}",
        author=view.sender_name,
        language=style.locale,
        issued_on=on,
        logo=style.logo,
    )

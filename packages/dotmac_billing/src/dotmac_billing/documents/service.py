"""What can be done with documents: make one, look at its rules, keep templates."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.documents.compliance import check_before_issue
from dotmac_billing.documents.document import Document, Mark
from dotmac_billing.documents.drafted import Refuse, refusing
from dotmac_billing.documents.errors import (
    DocumentNotFoundError,
    DocumentNumberUnknownError,
    NotReadyForPeppolError,
    TemplateNotFoundError,
)
from dotmac_billing.documents.facts import buyer_party, document_of, seller_party
from dotmac_billing.documents.findings import Finding
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.loading import (
    credit_note_heading,
    invoice_heading,
    json_of,
    line_facts,
    mark_of,
    tax_facts,
)
from dotmac_billing.documents.looks import Look, in_locale, look_of
from dotmac_billing.documents.peppol import (
    broken_peppol_rules,
    for_peppol,
    given_addresses,
)
from dotmac_billing.documents.repository import DocumentRepository
from dotmac_billing.documents.sample import sample_document
from dotmac_billing.documents.statement_wording import statement_view
from dotmac_billing.documents.style import Style
from dotmac_billing.documents.templates import TemplateChange
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.models import BillingSettings
from dotmac_billing.settings.service import settings_of
from dotmac_billing.statements.service import statements_of
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.files import (
    FileCorruptedError,
    FileStore,
    StoredFileNotFoundError,
    open_file,
    store_file,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """A document in one of its forms. `tag` changes when the bytes would."""

    name: str
    form: Form
    tag: str
    content: bytes


async def compliance_gate(session: AsyncSession, customer_ids: Collection[UUID]) -> Refuse | None:
    """What refuses drafts for these customers that break a rule of EN 16931.

    None when the tenant does not require its documents to conform.
    """
    settings = await settings_of(session)
    if settings.einvoicing is not EInvoicing.REQUIRE:
        return None
    buyers = await DocumentRepository(session).buyers(customer_ids)
    return refusing(await _seller(session), buyers)


async def invoice_document(
    session: AsyncSession,
    number: str,
    form: Form = Form.PDF,
    *,
    template: str | None = None,
    locale: str | None = None,
) -> Made:
    """The invoice of that number in one of its forms, in the look of a template.

    Raises:
        DocumentNumberUnknownError: there is no such invoice.
        TemplateNotFoundError: there is no such template.
    """
    invoice_id = await DocumentRepository(session).invoice_id(number)
    if invoice_id is None:
        raise DocumentNumberUnknownError(number)
    service = DocumentService(session)
    return await service.invoice(invoice_id, form, template=template, locale=locale)


async def statement_document(
    session: AsyncSession,
    customer_id: UUID,
    days: tuple[date | None, date | None],
    *,
    currency: str | None = None,
    template: str | None = None,
    locale: str | None = None,
    look: Look | None = None,
) -> Made:
    """A customer's statement of account as PDF, from and to a day, both included.

    `currency` None is the customer's own. A `look` stands in place of any template.

    Raises:
        BillingCustomerNotFoundError, StatementPeriodError: see `statements_of`.
        DocumentNotFoundError: there is no statement in that currency.
    """
    from dotmac_billing.documents.adapters.rendering import (  # noqa: PLC0415 - loaded when needed
        render_view,
    )

    found = await statements_of(session, customer_id, *days)
    buyer = (await DocumentRepository(session).buyers([customer_id]))[customer_id]
    wanted = currency or buyer["currency"]
    statement = next((one for one in found if one.currency == wanted), None)
    if statement is None:
        raise DocumentNotFoundError(customer_id)
    look = look or await DocumentService(session).look(template, locale)
    seller = await _seller(session)
    view = statement_view(statement, seller_party(seller), buyer_party(buyer), look.style)
    content = await asyncio.to_thread(render_view, view, Form.PDF, look.style, on=statement.to_on)
    tag = hashlib.sha256(repr((view, look.version)).encode()).hexdigest()[:32]
    name = f"{statement.customer_code}-{statement.to_on}.pdf"
    return Made(name, Form.PDF, tag, content)


async def _seller(session: AsyncSession) -> dict[str, Any]:
    settings = await settings_of(session)
    names = [column.key for column in BillingSettings.__table__.columns]
    return {name: getattr(settings, name) for name in names}


class DocumentService:
    """Documents of the session's tenant."""

    def __init__(self, session: AsyncSession, files: FileStore | None = None) -> None:
        self._session = session
        self._files = files
        self._documents = DocumentRepository(session)

    async def invoice(
        self,
        invoice_id: UUID,
        form: Form,
        *,
        template: str | None = None,
        locale: str | None = None,
        look: Look | None = None,
    ) -> Made:
        """An issued invoice in that form. `template` None is the tenant's default one.

        A `look` from elsewhere stands in place of any template.

        Raises:
            DocumentNotFoundError: there is no such invoice.
            TemplateNotFoundError: there is no such template.
            HtmlRendererMissingError, InvalidTemplateError: see `render`.
            NotReadyForPeppolError: a document for the network breaks a rule of its profile.
        """
        look = look or await self.look(template, locale)
        document, mark = await self._invoice(invoice_id, look.style, as_issued=form.is_frozen)
        if form is Form.PEPPOL:
            document = _sendable(document, await self._documents.addresses(invoice_id))
        return await self._drawn(document, form, look, None if form.is_frozen else mark)

    async def credit_note(
        self,
        credit_note_id: UUID,
        form: Form,
        *,
        template: str | None = None,
        locale: str | None = None,
    ) -> Made:
        """A credit note in that form; it refuses as `invoice` does."""
        look = await self.look(template, locale)
        document = await self._credit_note(credit_note_id, look.style)
        if form is Form.PEPPOL:
            document = _sendable(document, await self._documents.addresses(credit_note_id))
        return await self._drawn(document, form, look, None)

    async def findings(self, invoice_id: UUID) -> list[Finding]:
        """The rules of EN 16931 that an issued invoice breaks.

        Raises:
            DocumentNotFoundError: there is no such invoice.
        """
        document, _ = await self._invoice(invoice_id, Style(), as_issued=True)
        return check_before_issue(document)

    async def credit_note_findings(self, credit_note_id: UUID) -> list[Finding]:
        """The rules of EN 16931 that a credit note breaks.

        Raises:
            DocumentNotFoundError: there is no such credit note.
        """
        return check_before_issue(await self._credit_note(credit_note_id, Style()))

    async def preview(self, template_id: UUID, form: Form) -> Made:
        """A sample document in the look of a template.

        Raises:
            TemplateNotFoundError: there is no such template.
        """
        found = await self._documents.template_by_id(template_id)
        if found is None:
            raise TemplateNotFoundError(str(template_id))
        return await made(sample_document(), form, look_of(found), None)

    async def _invoice(
        self, invoice_id: UUID, style: Style, *, as_issued: bool
    ) -> tuple[Document, Mark | None]:
        await settings_of(self._session)
        row = await self._documents.invoice(invoice_id)
        if row is None:
            raise DocumentNotFoundError(invoice_id)
        lines = await self._documents.invoice_lines(invoice_id)
        taxes = await self._documents.invoice_taxes(invoice_id)
        document = document_of(
            invoice_heading(row, style, as_issued=as_issued),
            line_facts(lines, style, row["currency"]),
            tax_facts(taxes),
            seller=json_of(row["seller"]),
            buyer=json_of(row["buyer"]),
        )
        return document, mark_of(row["status"])

    async def _credit_note(self, credit_note_id: UUID, style: Style) -> Document:
        await settings_of(self._session)
        row = await self._documents.credit_note(credit_note_id)
        if row is None:
            raise DocumentNotFoundError(credit_note_id)
        lines = await self._documents.credit_note_lines(credit_note_id)
        taxes = await self._documents.credit_note_taxes(credit_note_id)
        return document_of(
            credit_note_heading(row, style),
            line_facts(lines, style, row["currency"]),
            tax_facts(taxes),
            seller=json_of(row["seller"]),
            buyer=json_of(row["buyer"]),
        )

    async def _drawn(self, document: Document, form: Form, look: Look, mark: Mark | None) -> Made:
        """Drawn once and kept where there is a place for files; the next time it is the same file.

        All that it is drawn from is in its tag: another payment, another version of the template
        make another one.
        """
        if self._files is None or not form.is_kept:
            return await made(document, form, look, mark)
        tag = _tag(document, form, look, mark)
        kept = await self._documents.drawn(tag)
        if kept is not None:
            try:
                _, chunks = await open_file(self._session, self._files, kept)
                content = b"".join([chunk async for chunk in chunks])
            except (StoredFileNotFoundError, FileCorruptedError) as error:
                _log.warning("A kept document is drawn again.", extra={"code": error.code})
            else:
                return Made(_name(document, form), form, tag, content)
        fresh = await made(document, form, look, mark)
        stored = await store_file(
            self._session,
            self._files,
            _in_one(fresh.content),
            name=fresh.name,
            media_type=form.media_type,
        )
        await self._documents.keep_drawn(tag, stored.id, clock_of(self._session).now())
        return fresh

    async def look(self, template: str | None, locale: str | None) -> Look:
        """The look of a template, or of the default one for None, in that locale.

        Raises:
            TemplateNotFoundError: there is no such template.
            InvalidTemplateError: nobody knows the locale.
        """
        found = await self._documents.template(template)
        if found is None and template is not None:
            raise TemplateNotFoundError(template)
        look = Look(Style(), None, "built in") if found is None else look_of(found)
        if locale is None:
            return look
        TemplateChange(locale=locale).values()  # refuses a locale nobody knows
        return Look(in_locale(look.style, locale), look.html, look.version)


async def made(document: Document, form: Form, look: Look, mark: Mark | None) -> Made:
    """The document drawn in that form."""
    # Loaded with the first document, not when a process starts: ReportLab, lxml and the fonts.
    from dotmac_billing.documents.adapters.rendering import (  # noqa: PLC0415 - see above
        render,
    )

    content = await asyncio.to_thread(
        render, document, form, look.style, mark=mark, template=look.html
    )
    return Made(_name(document, form), form, _tag(document, form, look, mark), content)


def _sendable(document: Document, addresses: Mapping[str, str | None]) -> Document:
    addressed = for_peppol(given_addresses(document, addresses))
    findings = [*check_before_issue(addressed), *broken_peppol_rules(addressed)]
    if findings:
        raise NotReadyForPeppolError(findings)
    return addressed


def _name(document: Document, form: Form) -> str:
    name = "".join(letter if letter.isalnum() else "-" for letter in document.number)
    return f"{name}.{form.extension}"


def _tag(document: Document, form: Form, look: Look, mark: Mark | None) -> str:
    told = repr((document, form, mark, look.version, look.style.locale))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


async def _in_one(content: bytes) -> AsyncIterator[bytes]:
    yield content

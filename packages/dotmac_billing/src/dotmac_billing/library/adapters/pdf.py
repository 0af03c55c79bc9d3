"""Invoices and statements as PDF, in the looks of the tenant or of a folder of files."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from uuid import UUID

import yaml

from dotmac_billing.documents.errors import InvalidTemplateError
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.looks import Look
from dotmac_billing.documents.service import DocumentService, statement_document
from dotmac_billing.documents.style import Paper, Style
from dotmac_billing.documents.templates import TemplateChange, checked_logo
from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.records import CustomerRecord, InvoiceRecord

_LOGOS = (".png", ".jpg", ".jpeg")


class ReportLabDocuments:
    """Draws documents with ReportLab.

    A template is a file `<name>.yaml` in `template_dir` with any of `locale`, `paper`, `accent`,
    `header`, `footer`, `terms`, and beside it `<name>.png` or `.jpg` for a logo; else a document
    template of the tenant. Without a name it is `default.yaml`, else the tenant's default.
    """

    def __init__(self, bound: BoundSession, template_dir: str | None = None) -> None:
        """Draw for the tenant of `bound`.

        Raises:
            TypeError: there is no such folder.
        """
        self._bound = bound
        self._folder = None if template_dir is None else Path(template_dir)
        if self._folder is not None and not self._folder.is_dir():
            raise TypeError(f"there is no folder {template_dir}")

    async def generate_invoice_pdf(
        self, invoice: InvoiceRecord | UUID, template_name: str | None = None
    ) -> bytes:
        """An issued invoice, given as its record or its id.

        Raises:
            DocumentNotFoundError, TemplateNotFoundError: there is none.
            InvalidTemplateError: the file of the template is wrong.
        """
        session = await self._bound.open()
        invoice_id = invoice if isinstance(invoice, UUID) else invoice.id
        look = await asyncio.to_thread(self._look, template_name)
        made = await DocumentService(session).invoice(
            invoice_id, Form.PDF, template=None if look else template_name, look=look
        )
        return made.content

    async def generate_statement_pdf(
        self, customer: CustomerRecord | UUID, start_date: date, end_date: date
    ) -> bytes:
        """What a customer was charged and paid, both days included, in its currency.

        Raises:
            BillingCustomerNotFoundError: no such customer.
            StatementPeriodError: the last day is before the first.
        """
        session = await self._bound.open()
        customer_id = customer if isinstance(customer, UUID) else customer.id
        look = await asyncio.to_thread(self._look, None)
        made = await statement_document(session, customer_id, (start_date, end_date), look=look)
        return made.content

    def _look(self, name: str | None) -> Look | None:
        if self._folder is None:
            return None
        file = self._folder / f"{name or 'default'}.yaml"
        if file.parent != self._folder or not file.is_file():
            return None
        said = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        known = {"locale", "paper", "accent", "header", "footer", "terms"}
        if not isinstance(said, dict) or not said.keys() <= known:
            raise InvalidTemplateError(
                f"{file.name} has other words than {', '.join(sorted(known))}"
            )
        try:
            if "paper" in said:
                said["paper"] = Paper(said["paper"])
        except ValueError:
            raise InvalidTemplateError(f"{said['paper']} is no paper") from None
        style = Style(**TemplateChange(**said).values(), logo=self._logo(file))  # type: ignore[arg-type] # checked by name
        return Look(style, None, repr(style))

    def _logo(self, file: Path) -> bytes | None:
        pictures = (file.with_suffix(suffix) for suffix in _LOGOS)
        found = next((picture for picture in pictures if picture.is_file()), None)
        return None if found is None else checked_logo(found.read_bytes())

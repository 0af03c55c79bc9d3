"""What can be done with drafts: write, change, copy, issue and discard them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.drafts.errors import InvoiceDraftClosedError, InvoiceDraftNotFoundError
from dotmac_billing.drafts.models import InvoiceDraft
from dotmac_billing.drafts.repository import DraftRepository
from dotmac_billing.drafts.states import DraftStatus
from dotmac_billing.drafts.stored_lines import amount, copied, lines_of, stored
from dotmac_billing.invoicing.errors import CustomerUnknownError
from dotmac_billing.invoicing.manual import NewInvoice
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.receivables.errors import InvoiceNotFoundError
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id


class DraftService:
    """Drafts of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._drafts = DraftRepository(session)

    async def get(self, draft_id: UUID) -> InvoiceDraft:
        """The draft of that id.

        Raises:
            InvoiceDraftNotFoundError: there is none.
        """
        draft = await self._drafts.find(draft_id)
        if draft is None:
            raise InvoiceDraftNotFoundError(draft_id)
        return draft

    async def locked(self, draft_id: UUID) -> InvoiceDraft:
        """The draft, held until the transaction ends, so that a version check holds too.

        Raises:
            InvoiceDraftNotFoundError: there is none.
        """
        draft = await self._drafts.find(draft_id, locked=True)
        if draft is None:
            raise InvoiceDraftNotFoundError(draft_id)
        return draft

    async def write(
        self, new: NewInvoice, memo: str | None = None, *, copied_from: UUID | None = None
    ) -> InvoiceDraft:
        """Keep an invoice to be issued later; nothing of it is booked or owed.

        Raises:
            CustomerUnknownError: no such customer.
        """
        await self._require_customer(new.customer_id)
        now = self._clock.now()
        draft = InvoiceDraft(
            id=new_id(),
            customer_id=new.customer_id,
            status=DraftStatus.OPEN,
            issued_on=new.issued_on,
            due_on=new.due_on,
            lines=stored(new.lines),
            memo=memo,
            copied_from_id=copied_from,
            invoice_id=None,
            created_at=now,
            updated_at=now,
            version=1,
        )
        self._drafts.add(draft)
        await self._drafts.flush()
        await self._remember("invoice_drafts.write", draft, {"lines": len(new.lines)})
        return draft

    async def copy(self, invoice_id: UUID) -> InvoiceDraft:
        """A draft with the lines of an issued invoice, for the same customer, without its days.

        Raises:
            InvoiceNotFoundError: no such invoice.
        """
        found = await self._drafts.invoice(invoice_id)
        if found is None:
            raise InvoiceNotFoundError(invoice_id)
        customer_id, currency, rows = found
        new = NewInvoice(customer_id, tuple(copied(rows, currency)))
        return await self.write(new, copied_from=invoice_id)

    async def change(
        self, draft: InvoiceDraft, new: NewInvoice, memo: str | None = None
    ) -> InvoiceDraft:
        """Put another invoice in the draft's place.

        Raises:
            InvoiceDraftClosedError: it was issued or discarded.
            CustomerUnknownError: no such customer.
        """
        _require_open(draft)
        await self._require_customer(new.customer_id)
        draft.customer_id, draft.lines = new.customer_id, stored(new.lines)
        draft.issued_on, draft.due_on, draft.memo = new.issued_on, new.due_on, memo
        self._changed(draft)
        await self._remember("invoice_drafts.change", draft, {"lines": len(new.lines)})
        return draft

    async def discard(self, draft: InvoiceDraft) -> InvoiceDraft:
        """Let the draft come to nothing.

        Raises:
            InvoiceDraftClosedError: it was issued or discarded.
        """
        _require_open(draft)
        draft.status = DraftStatus.DISCARDED
        self._changed(draft)
        await self._remember("invoice_drafts.discard", draft, {})
        return draft

    async def issue(self, draft: InvoiceDraft) -> UUID:
        """Issue the draft as it is; the invoice's id.

        Raises:
            InvoiceDraftClosedError: it was issued or discarded.
            TaxRateMissingError and the others: see `InvoiceService.issue_manual`.
        """
        _require_open(draft)
        service = await InvoiceService.within(self._session)
        new = NewInvoice(draft.customer_id, lines_of(draft.lines), draft.issued_on, draft.due_on)
        draft.invoice_id = await service.issue_manual(new)
        draft.status = DraftStatus.ISSUED
        self._changed(draft)
        await self._remember("invoice_drafts.issue", draft, {"invoice_id": draft.invoice_id})
        return draft.invoice_id

    async def shown(self, draft: InvoiceDraft) -> dict[str, Any]:
        """The draft with what its lines sum to before discounts and tax, and the currency."""
        currency = await self._require_customer(draft.customer_id)
        lines = lines_of(draft.lines)
        return {
            **{column.key: getattr(draft, column.key) for column in InvoiceDraft.__table__.columns},
            "lines": lines,
            "currency": currency,
            "amount": amount(lines, currency),
        }

    async def _require_customer(self, customer_id: UUID) -> str:
        currency = await self._drafts.currency(customer_id)
        if currency is None:
            raise CustomerUnknownError(customer_id)
        return currency

    def _changed(self, draft: InvoiceDraft) -> None:
        draft.updated_at = self._clock.now()
        draft.version += 1

    async def _remember(self, action: str, draft: InvoiceDraft, after: dict[str, Any]) -> None:
        await record(self._session, action=action, target=("invoice_draft", draft.id), after=after)


def _require_open(draft: InvoiceDraft) -> None:
    if draft.status is not DraftStatus.OPEN:
        raise InvoiceDraftClosedError(draft.status.value)

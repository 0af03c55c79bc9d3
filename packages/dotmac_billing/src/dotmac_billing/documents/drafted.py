"""An invoice that is not issued yet, as the document it would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.documents.compliance import refuse_faulty
from dotmac_billing.documents.document import Document, DocumentKind, Span
from dotmac_billing.documents.facts import Heading, LineFacts, TaxFacts, document_of
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_core_ops.money import round_money

UNNUMBERED = "-"
"""Stands for the number, which is drawn when the invoice is issued."""

Refuse: TypeAlias = Callable[[Sequence[Draft]], None]
"""Raises InvoiceNotCompliantError for drafts of which one may not be issued."""


def refusing(seller: Mapping[str, Any], buyers: Mapping[UUID, Mapping[str, Any]]) -> Refuse:
    """Refuses drafts that break a rule of EN 16931; the parties are rows of their tables."""

    def refuse(drafts: Sequence[Draft]) -> None:
        refuse_faulty(drafted(draft, seller, buyers[draft.customer_id]) for draft in drafts)

    return refuse


def drafted(draft: Draft, seller: Mapping[str, Any], buyer: Mapping[str, Any]) -> Document:
    """The document that the draft becomes; what its payer already paid is taken off."""
    currency, sums = draft.currency, draft.totals
    is_debit = draft.kind is InvoiceKind.DEBIT_NOTE
    has_period = draft.period_start is not None and draft.period_end is not None
    paid = sum((one.amount for one in draft.taken), Decimal(0))
    total = round_money(sums.total, currency)
    heading = Heading(
        kind=DocumentKind.DEBIT_NOTE if is_debit else DocumentKind.INVOICE,
        number=UNNUMBERED,
        issued_on=draft.issued_on,
        due_on=draft.due_on,
        period=_span(draft) if has_period else None,
        currency=currency,
        net=round_money(sums.net, currency),
        tax=round_money(sums.tax, currency),
        total=total,
        paid=round_money(paid, currency),
        due=total - round_money(paid, currency),
        rounds_lines=seller.get("tax_rounding") is TaxRounding.LINE,
    )
    taxes = [
        TaxFacts(
            *(tax.treatment, tax.line_rate, tax.name, tax.category, tax.rate, tax.net, tax.tax),
            *(tax.exemption_reason, tax.exemption_code),
        )
        for tax in sums.taxes
    ]
    return document_of(heading, _line_facts(draft), taxes, seller=seller, buyer=buyer)


def _line_facts(draft: Draft) -> list[LineFacts]:
    return [
        LineFacts(
            *(position, line.description, line.quantity, line.unit_price, line.net, line.gross),
            *(line.discount, line.tax_code, line.tax_rate, line.period_start, line.period_end),
        )
        for position, line in enumerate(draft.lines, 1)
    ]


def _span(draft: Draft) -> Span:
    assert draft.period_start is not None
    assert draft.period_end is not None
    return Span(draft.period_start, draft.period_end)

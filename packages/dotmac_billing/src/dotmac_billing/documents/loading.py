"""Rows of invoices and credit notes as facts of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson

from dotmac_billing.documents.document import DocumentKind, Mark, Reference, Span
from dotmac_billing.documents.explaining import explanation_words
from dotmac_billing.documents.facts import Heading, LineFacts, TaxFacts
from dotmac_billing.documents.figures import Figures
from dotmac_billing.documents.labels import labels_of
from dotmac_billing.documents.style import Style
from dotmac_billing.receivables.states import InvoiceKind, InvoiceStatus
from dotmac_core_ops.money import round_money

_BY_LINE = "line"
_MARKS = {InvoiceStatus.PAID.value: Mark.PAID, InvoiceStatus.VOID.value: Mark.VOID}


def json_of(kept: object) -> dict[str, Any]:
    """What jsonb holds, whether the driver has read it already or not."""
    read = orjson.loads(kept) if isinstance(kept, str | bytes) else kept
    return read if isinstance(read, dict) else {}


def invoice_heading(row: Mapping[str, Any], style: Style, *, as_issued: bool) -> Heading:
    """An invoice: what was paid `as_issued`, or what is paid by now."""
    currency = row["currency"]
    paid = row["paid_then"] if as_issued else row["amount_paid"]
    due = row["total"] - paid
    is_debit = row["kind"] == InvoiceKind.DEBIT_NOTE.value
    return Heading(
        kind=DocumentKind.DEBIT_NOTE if is_debit else DocumentKind.INVOICE,
        number=row["number"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        period=_span(row),
        currency=currency,
        net=round_money(row["net"], currency),
        tax=round_money(row["tax"], currency),
        total=round_money(row["total"], currency),
        paid=round_money(paid, currency),
        due=round_money(due, currency),
        preceding=_preceding(row),
        terms=style.terms,
        own_currency=_own_currency(row),
        exchange_rate=row["exchange_rate"],
        rounds_lines=row["tax_rounding"] == _BY_LINE,
    )


def credit_note_heading(row: Mapping[str, Any], style: Style) -> Heading:
    """A credit note: its whole total is owed to the customer."""
    currency = row["currency"]
    return Heading(
        kind=DocumentKind.CREDIT_NOTE,
        number=row["number"],
        issued_on=row["issued_on"],
        due_on=None,
        period=_span(row),
        currency=currency,
        net=round_money(row["net"], currency),
        tax=round_money(row["tax"], currency),
        total=round_money(row["total"], currency),
        paid=Decimal(0),
        due=round_money(row["total"], currency),
        preceding=_preceding(row),
        terms=labels_of(style.language).credited_terms,
        notes=(row["memo"],) if row["memo"] else (),
        own_currency=_own_currency(row),
        # What is taken back is so at the rate at which it was stated.
        exchange_rate=row["exchange_rate"],
        # What is left of a tax after parts of it were taken back may be a cent beside the rate.
        rounds_lines=True,
    )


def mark_of(status: str) -> Mark | None:
    """What is stamped on an invoice in that state."""
    return _MARKS.get(status)


def line_facts(rows: Iterable[Mapping[str, Any]], style: Style, currency: str) -> list[LineFacts]:
    """Lines with their explanations in the language of the style."""
    figures = Figures(style.locale)
    return [
        LineFacts(
            **{name: row[name] for name in LineFacts._fields if name != "explanation"},
            explanation=explanation_words(
                json_of(row["explanation"]), figures, style.language, currency
            ),
        )
        for row in rows
    ]


def tax_facts(rows: Iterable[Mapping[str, Any]]) -> list[TaxFacts]:
    """Taxes as they are kept."""
    return [TaxFacts(**{name: row[name] for name in TaxFacts._fields}) for row in rows]


def _own_currency(row: Mapping[str, Any]) -> str | None:
    return row["own_currency"] if row["own_currency"] != row["currency"] else None


def _span(row: Mapping[str, Any]) -> Span | None:
    if row["period_start"] is None or row["period_end"] is None:
        return None
    return Span(row["period_start"], row["period_end"])


def _preceding(row: Mapping[str, Any]) -> tuple[Reference, ...]:
    if row["corrects"] is None:
        return ()
    return (Reference(row["corrects"], row["corrects_on"]),)

"""From what is kept of an issued invoice or credit note to the document it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from dotmac_billing.documents.code_lists import CATEGORIES, EXEMPTIONS, Category
from dotmac_billing.documents.document import (
    Document,
    DocumentKind,
    DocumentLine,
    Party,
    PaymentMeans,
    Reference,
    Span,
    TaxSubtotal,
)
from dotmac_core_ops.money import currency_exponent, round_money

_NOTHING = Decimal(0)
_OUTSIDE = "O"


class LineFacts(NamedTuple):
    """A line as it is kept. `gross` and `discount` have tax in them when the price has.

    `tax_code` and `tax_rate` say which taxes it bears: those with that treatment and line rate.
    """

    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    gross: Decimal | None
    discount: Decimal
    tax_code: str | None
    tax_rate: Decimal | None
    period_start: date | None
    period_end: date | None
    explanation: tuple[str, ...] = ()


class TaxFacts(NamedTuple):
    """A tax as it is kept: on all lines of one treatment and rate."""

    treatment: str
    line_rate: Decimal | None
    name: str
    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    exemption_reason: str | None
    exemption_code: str | None


class Heading(NamedTuple):
    """What stands once on a document. `own_currency` is the seller's, when it is another one."""

    kind: DocumentKind
    number: str
    issued_on: date
    due_on: date | None
    period: Span | None
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    due: Decimal
    preceding: tuple[Reference, ...] = ()
    terms: str | None = None
    notes: tuple[str, ...] = ()
    own_currency: str | None = None
    exchange_rate: Decimal | None = None
    rounds_lines: bool = False


def document_of(
    heading: Heading,
    lines: Sequence[LineFacts],
    taxes: Sequence[TaxFacts],
    *,
    seller: Mapping[str, Any],
    buyer: Mapping[str, Any],
) -> Document:
    """The document that these facts are; the parties are rows of settings and customers."""
    currency = heading.currency
    made = tuple(_line(line, taxes, currency) for line in lines)
    includes_tax = any(
        line.gross is not None and line.gross - line.discount != line.net for line in lines
    )
    slack = Decimal(1).scaleb(-currency_exponent(currency))
    sells, buys = seller_party(seller), buyer_party(buyer)
    in_community = any(line.tax_category == "K" for line in made)
    own = heading.own_currency if heading.exchange_rate is not None else None
    return Document(
        kind=heading.kind,
        number=heading.number,
        issued_on=heading.issued_on,
        currency=currency,
        seller=sells,
        buyer=buys,
        lines=made,
        taxes=_subtotals(made, taxes, currency),
        net=heading.net,
        tax=heading.tax,
        total=heading.total,
        paid=heading.paid,
        due=heading.due,
        due_on=heading.due_on,
        period=heading.period,
        delivery_country=buys.country if in_community else None,
        means=_means(seller, heading.number),
        terms=heading.terms,
        notes=heading.notes,
        preceding=heading.preceding,
        own_currency=own,
        tax_in_own_currency=None if own is None else _in_own(heading, own),
        tax_slack=slack if includes_tax or heading.rounds_lines else _NOTHING,
    )


def seller_party(settings: Mapping[str, Any]) -> Party:
    """The seller of a row of settings."""
    return Party(
        name=settings.get("seller_name") or "",
        street=settings.get("seller_street"),
        city=settings.get("seller_city"),
        postal_code=settings.get("seller_postal_code"),
        region=settings.get("seller_region"),
        country=settings.get("country"),
        tax_id=settings.get("seller_tax_id"),
        registration=settings.get("seller_registration"),
        email=settings.get("seller_email"),
        phone=settings.get("seller_phone"),
    )


def buyer_party(customer: Mapping[str, Any]) -> Party:
    """The buyer of a row of customers; a company's name comes first, its person is the contact."""
    company = customer.get("company_name")
    return Party(
        name=company or customer["name"],
        street=customer.get("street"),
        city=customer.get("city"),
        postal_code=customer.get("postal_code"),
        region=customer.get("region"),
        country=customer.get("country"),
        tax_id=customer.get("tax_id"),
        contact=customer["name"] if company else None,
        email=customer.get("email"),
        phone=customer.get("phone"),
    )


def _means(settings: Mapping[str, Any], number: str) -> PaymentMeans | None:
    iban = settings.get("seller_iban")
    if iban is None:
        return None
    return PaymentMeans(iban, settings.get("seller_bic"), settings.get("seller_name"), number)


def _in_own(heading: Heading, own: str) -> Decimal:
    assert heading.exchange_rate is not None
    return round_money(heading.tax * heading.exchange_rate, own)


def _line(line: LineFacts, taxes: Sequence[TaxFacts], currency: str) -> DocumentLine:
    category = _category_of(line, taxes)
    gross = line.net if line.gross is None else line.gross
    discount = line.discount
    if gross - discount != line.net:
        # The price has tax in it; e-invoices are before tax, so the discount is inside the net.
        gross, discount = line.net, _NOTHING
    span = None
    if line.period_start is not None and line.period_end is not None:
        span = Span(line.period_start, line.period_end)
    known: Category | None = CATEGORIES.get(category)
    return DocumentLine(
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        gross=round_money(gross, currency),
        discount=round_money(discount, currency),
        net=round_money(line.net, currency),
        tax_category=category,
        tax_rate=(line.tax_rate or _NOTHING) if known is None or known.rated else None,
        period=span,
        explanation=line.explanation,
    )


def _category_of(line: LineFacts, taxes: Sequence[TaxFacts]) -> str:
    if line.tax_code is None:
        return _OUTSIDE
    bearing = [tax for tax in taxes if tax.treatment == line.tax_code]
    exact = [tax for tax in bearing if tax.line_rate == line.tax_rate]
    found = exact or bearing
    return found[0].category if found else "S"


def _subtotals(
    lines: Sequence[DocumentLine], taxes: Sequence[TaxFacts], currency: str
) -> tuple[TaxSubtotal, ...]:
    """The breakdown by category and rate.

    EN 16931 knows one tax on a line. Where a line bears several, as in Canada, each has a group of
    its own by its name.
    """
    borne: dict[tuple[str, Decimal | None], int] = {}
    for tax in taxes:
        key = (tax.treatment, tax.line_rate)
        borne[key] = borne.get(key, 0) + 1
    groups: dict[tuple[str, ...], TaxSubtotal] = {}
    for tax in taxes:
        rated = tax.category not in CATEGORIES or CATEGORIES[tax.category].rated
        rate = tax.rate.normalize() if rated else None
        several = borne[tax.treatment, tax.line_rate] > 1
        made = _subtotal(tax, rate, currency)
        key_of = (tax.category, str(rate), tax.name if several else "")
        groups[key_of] = _merged(groups[key_of], made) if key_of in groups else made
    outside = [line.net for line in lines if line.tax_category == _OUTSIDE]
    if outside and not any(group.category == _OUTSIDE for group in groups.values()):
        reason, code = EXEMPTIONS[_OUTSIDE]
        groups["outside",] = TaxSubtotal(
            _OUTSIDE,
            None,
            sum(outside, _NOTHING),
            _NOTHING,
            exemption_reason=reason,
            exemption_code=code,
        )
    return tuple(groups.values())


def _subtotal(tax: TaxFacts, rate: Decimal | None, currency: str) -> TaxSubtotal:
    reason, code = tax.exemption_reason, tax.exemption_code
    if reason is None and code is None:
        reason, code = EXEMPTIONS.get(tax.category, (None, None))
    return TaxSubtotal(
        tax.category,
        rate,
        round_money(tax.net, currency),
        round_money(tax.tax, currency),
        name=tax.name or "VAT",
        exemption_reason=reason,
        exemption_code=code,
    )


def _merged(one: TaxSubtotal, other: TaxSubtotal) -> TaxSubtotal:
    reasons = dict.fromkeys(
        reason for reason in (one.exemption_reason, other.exemption_reason) if reason
    )
    return TaxSubtotal(
        one.category,
        one.rate,
        one.base + other.base,
        one.tax + other.tax,
        name=one.name,
        exemption_reason="; ".join(reasons) or None,
        exemption_code=one.exemption_code or other.exemption_code,
    )

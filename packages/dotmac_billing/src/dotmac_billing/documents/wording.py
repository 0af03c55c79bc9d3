"""A document put into words and figures of a language."""

from __future__ import annotations

from decimal import Decimal

from dotmac_billing.documents.document import Document, DocumentKind, DocumentLine, Mark, Party
from dotmac_billing.documents.figures import Figures
from dotmac_billing.documents.labels import RIGHT_TO_LEFT, Labels, labels_of
from dotmac_billing.documents.payment_code import payment_text
from dotmac_billing.documents.style import Style
from dotmac_billing.documents.view import (
    Column,
    Fact,
    Headline,
    Payment,
    Row,
    Sum,
    Table,
    View,
)
from dotmac_billing.documents.xml_values import billed

_WITH_DISCOUNT = (0.35, 0.11, 0.14, 0.12, 0.09, 0.19)
_WITHOUT_DISCOUNT = (0.44, 0.12, 0.15, 0.1, 0.19)
_DASH = "–"  # noqa: RUF001 - a dash where there is no figure


def document_view(document: Document, style: Style, mark: Mark | None = None) -> View:
    """The document as its page shows it; `mark` says how things stand at the moment."""
    return _Wording(document, style, mark).view()


def address_lines(party: Party, figures: Figures) -> tuple[str, ...]:
    """Street, place and country as they stand on an envelope, without the name."""
    place = " ".join(part for part in (party.postal_code, party.city) if part)
    country = None if party.country is None else figures.country(party.country)
    parts = (party.street, place, party.region, country)
    return tuple(part for part in parts if part)


def footer_of(
    seller: Party, style: Style, words: Labels, figures: Figures
) -> tuple[tuple[str, ...], ...]:
    """Who it is from, how to reach them, and their numbers, in columns."""
    contact = tuple(part for part in (seller.contact, seller.phone, seller.email) if part)
    numbers = []
    if seller.tax_id:
        numbers.append(f"{words.tax_id} {seller.tax_id}")
    if seller.registration:
        numbers.append(f"{words.registration} {seller.registration}")
    if style.footer:
        numbers += style.footer.splitlines()
    columns = ((seller.name, *address_lines(seller, figures)), contact, tuple(numbers))
    return tuple(column for column in columns if column)


class _Wording:
    def __init__(self, document: Document, style: Style, mark: Mark | None) -> None:
        self._document = document
        self._style = style
        self._mark = mark
        self._words: Labels = labels_of(style.language)
        self._figures = Figures(style.locale)

    def view(self) -> View:
        document, words = self._document, self._words
        seller, buyer = document.seller, document.buyer
        sender = " · ".join((seller.name, *address_lines(seller, self._figures)))
        marks = {Mark.DRAFT: words.draft, Mark.PAID: words.paid_mark, Mark.VOID: words.void}
        return View(
            locale=self._style.locale,
            right_to_left=self._style.language in RIGHT_TO_LEFT,
            title=self._title(),
            number=document.number,
            sender=sender,
            sender_name=seller.name,
            header=self._style.header,
            recipient_label=words.bill_to,
            recipient_name=buyer.name,
            recipient=(*address_lines(buyer, self._figures), *self._buyer_numbers()),
            facts=tuple(self._facts()),
            headline=self._headline(),
            table=self._table(),
            sums=tuple(self._sums()),
            taxes=self._taxes(),
            remarks=self._remarks(),
            payment=self._payment(),
            paragraphs=tuple(self._paragraphs()),
            footer=self._footer(),
            page=words.page,
            mark=self._mark,
            mark_text="" if self._mark is None else marks[self._mark],
            country=buyer.country,
        )

    def _title(self) -> str:
        words = self._words
        return {
            DocumentKind.INVOICE: words.invoice,
            DocumentKind.CREDIT_NOTE: words.credit_note,
            DocumentKind.DEBIT_NOTE: words.debit_note,
            DocumentKind.CORRECTED_INVOICE: words.corrected_invoice,
        }[self._document.kind]

    def _buyer_numbers(self) -> tuple[str, ...]:
        tax_id = self._document.buyer.tax_id
        return (f"{self._words.tax_id} {tax_id}",) if tax_id else ()

    def _facts(self) -> list[Fact]:
        document, words = self._document, self._words
        day, span = self._figures.day, self._figures.span
        facts = [Fact(words.issued_on, day(document.issued_on))]
        if document.due_on is not None and not document.kind.gives_back:
            facts.append(Fact(words.due_on, day(document.due_on)))
        if document.period is not None:
            facts.append(Fact(words.period, span(document.period)))
        facts += [Fact(words.about, reference.number) for reference in document.preceding]
        if document.buyer_reference:
            facts.append(Fact(words.your_reference, document.buyer_reference))
        if document.order:
            facts.append(Fact(words.order, document.order))
        return facts

    def _headline(self) -> Headline:
        document, words = self._document, self._words
        if document.kind.gives_back:
            return Headline(words.credited, self._money(document.total), "")
        if self._mark is Mark.PAID:
            return Headline(words.due, self._money(Decimal(0)), words.paid_already, settled=True)
        if document.due <= 0:
            settled = document.due == 0
            remark = words.paid_already if settled else ""
            return Headline(words.due, self._money(document.due), remark, settled=settled)
        remark = ""
        if document.due_on is not None:
            remark = words.due_by.format(day=self._figures.day(document.due_on))
        return Headline(words.due, self._money(document.due), remark)

    def _table(self) -> Table:
        words, currency = self._words, self._document.currency
        discounted = any(line.discount for line in self._document.lines)
        shares = (
            (0.35, 0.11, 0.14, 0.12, 0.09, 0.19) if discounted else (0.44, 0.12, 0.15, 0.1, 0.19)
        )
        labels = [words.description, words.quantity, words.unit_price]
        if discounted:
            labels.append(words.discount)
        labels += [words.tax, f"{words.amount} {currency}"]
        columns = tuple(
            Column(label, share, figure=place > 0)
            for place, (label, share) in enumerate(zip(labels, shares, strict=True))
        )
        rows = tuple(self._row(line, discounted=discounted) for line in self._document.lines)
        return Table(columns, rows)

    def _row(self, line: DocumentLine, *, discounted: bool) -> Row:
        figures, currency = self._figures, self._document.currency
        # Where tiers or minimums made the amount, one price would be wrong; the steps are below.
        has_price = billed(line, currency).per == 1
        price = figures.price(line.unit_price, currency) if has_price else _DASH
        cells = [line.description, figures.quantity(line.quantity), price]
        if discounted:
            cells.append(figures.price(-line.discount, currency) if line.discount else _DASH)
        rate = _DASH if line.tax_rate is None else figures.percent(line.tax_rate)
        cells += [rate, figures.price(line.net, currency)]
        small = [] if line.period is None else [figures.span(line.period)]
        if self._style.shows_explanations:
            small += line.explanation
        if line.discount and line.discount_reason:
            small.append(line.discount_reason)
        return Row(tuple(cells), tuple(small))

    def _sums(self) -> list[Sum]:
        document, words = self._document, self._words
        sums = [Sum(words.net, self._money(document.net))]
        for group in document.taxes:
            if group.rate:
                label = f"{group.name} {self._figures.percent(group.rate)}"
                sums.append(Sum(label, self._money(group.tax)))
        if document.own_currency is not None and document.tax_in_own_currency is not None:
            tax = self._figures.money(document.tax_in_own_currency, document.own_currency)
            sums.append(Sum(f"{words.tax} ({document.own_currency})", tax))
        sums.append(Sum(words.total, self._money(document.total), strong=True))
        if document.paid and not document.kind.gives_back:
            sums.append(Sum(words.paid, self._money(-document.paid)))
            sums.append(Sum(words.due, self._money(document.due), strong=True))
        return sums

    def _taxes(self) -> Table | None:
        document, words, figures = self._document, self._words, self._figures
        if not document.taxes:
            return None
        columns = (
            Column(words.tax, 0.4, figure=False),
            Column(f"{words.base} {document.currency}", 0.32),
            Column(f"{words.tax} {document.currency}", 0.28),
        )
        currency = document.currency
        rows = []
        for group in document.taxes:
            rate = "" if group.rate is None else figures.percent(group.rate)
            base, tax = figures.price(group.base, currency), figures.price(group.tax, currency)
            rows.append(Row((f"{group.name} {rate}".strip(), base, tax)))
        return Table(columns, tuple(rows))

    def _remarks(self) -> tuple[str, ...]:
        """Why there is no tax, where there is none: the law wants it on the invoice."""
        reasons = (group.exemption_reason for group in self._document.taxes)
        return tuple(dict.fromkeys(reason for reason in reasons if reason))

    def _payment(self) -> Payment | None:
        document, words = self._document, self._words
        means = document.means
        paid = self._mark in {Mark.PAID, Mark.VOID}
        if means is None or document.kind.gives_back or document.due <= 0 or paid:
            return None
        facts = []
        if means.account_name:
            facts.append(Fact("", means.account_name))
        if means.iban:
            facts.append(Fact("IBAN", _in_fours(means.iban)))
        if means.bic:
            facts.append(Fact("BIC", means.bic))
        facts.append(Fact(words.reference, means.reference or document.number))
        # A draft has no number that a payment could name.
        scannable = self._style.shows_payment_code and self._mark is None
        code = payment_text(document) if scannable else None
        return Payment(words.pay_to, tuple(facts), code, words.scan)

    def _paragraphs(self) -> list[Fact]:
        document, words = self._document, self._words
        terms = document.terms or self._style.terms
        found = [Fact(words.terms, terms)] if terms else []
        if document.notes:
            found.append(Fact(words.notes, "\n".join(document.notes)))
        return found

    def _footer(self) -> tuple[tuple[str, ...], ...]:
        return footer_of(self._document.seller, self._style, self._words, self._figures)

    def _money(self, amount: Decimal) -> str:
        return self._figures.money(amount, self._document.currency)


def _in_fours(iban: str) -> str:
    bare = iban.replace(" ", "")
    return " ".join(bare[place : place + 4] for place in range(0, len(bare), 4))

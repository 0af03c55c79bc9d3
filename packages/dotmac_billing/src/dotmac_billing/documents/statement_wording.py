"""A statement of account put into words and figures of a language."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from dotmac_billing.documents.document import Party, Span
from dotmac_billing.documents.figures import Figures
from dotmac_billing.documents.labels import RIGHT_TO_LEFT, labels_of
from dotmac_billing.documents.style import Style
from dotmac_billing.documents.view import Column, Fact, Headline, Row, Sum, Table, View
from dotmac_billing.documents.wording import address_lines, footer_of
from dotmac_billing.statements.statement import Movement, Statement


def statement_view(statement: Statement, seller: Party, buyer: Party, style: Style) -> View:
    """The statement as its page shows it: every movement with the balance after it."""
    words, figures = labels_of(style.language), Figures(style.locale)
    currency = statement.currency
    span = Span(statement.from_on, statement.to_on + timedelta(days=1))
    amounts = (words.charges, words.payments, f"{words.balance} {currency}")
    columns = (
        Column(words.date, 0.16, figure=False),
        Column(words.document, 0.36, figure=False),
        *(Column(label, 0.16) for label in amounts),
    )

    def money(amount: Decimal) -> str:
        return figures.money(amount, currency)

    return View(
        locale=style.locale,
        right_to_left=style.language in RIGHT_TO_LEFT,
        title=words.statement,
        number=statement.customer_code,
        sender=" · ".join((seller.name, *address_lines(seller, figures))),
        sender_name=seller.name,
        header=style.header,
        recipient_label=words.bill_to,
        recipient_name=buyer.name,
        recipient=address_lines(buyer, figures),
        facts=(
            Fact(words.date, figures.day(statement.to_on)),
            Fact(words.period, figures.span(span)),
        ),
        headline=Headline(
            words.closing, money(statement.closing), "", settled=statement.closing <= 0
        ),
        table=Table(columns, tuple(_row(one, figures, currency) for one in statement.movements)),
        sums=(
            Sum(words.opening, money(statement.opening)),
            Sum(words.charges, money(statement.debits)),
            Sum(words.payments, money(-statement.credits)),
            Sum(words.closing, money(statement.closing), strong=True),
        ),
        taxes=None,
        remarks=(),
        payment=None,
        paragraphs=(),
        footer=footer_of(seller, style, words, figures),
        page=words.page,
        country=buyer.country,
    )


def _row(movement: Movement, figures: Figures, currency: str) -> Row:
    amount = figures.price(abs(movement.amount), currency)
    charged = amount if movement.amount > 0 else ""
    taken = amount if movement.amount < 0 else ""
    name = " ".join(part for part in (movement.description, movement.number) if part)
    balance = figures.price(movement.balance, currency)
    return Row((figures.day(movement.on), name, charged, taken, balance))

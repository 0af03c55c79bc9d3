"""A document to look at: what a template is shown with before any invoice is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from dotmac_billing.documents.code_lists import CATEGORIES, EXEMPTIONS
from dotmac_billing.documents.document import (
    Document,
    DocumentKind,
    DocumentLine,
    Party,
    PaymentMeans,
    Span,
    TaxSubtotal,
)
from dotmac_core_ops.money import round_money

SELLER = Party(
    name="Sample Networks Ltd",
    street="Hauptstraße 1",
    city="Berlin",
    postal_code="10115",
    country="DE",
    tax_id="DE123456789",
    registration="HRB 12345",
    email="billing@example.com",
    phone="+49 30 123456",
)
BUYER = Party(
    name="Ada Lovelace",
    street="12 St James's Square",
    city="Dublin",
    postal_code="D02",
    country="IE",
    tax_id="IE1234567FA",
    email="ada@example.com",
)
MEANS = PaymentMeans(
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    account_name="Sample Networks Ltd",
    reference="INV-2026-00042",
)


def line(
    position: int,
    description: str,
    gross: str,
    *,
    quantity: str = "1",
    unit_price: str | None = None,
    discount: str = "0",
    category: str = "S",
    rate: str | None = "0.19",
) -> DocumentLine:
    """A line of `quantity` for `gross`; the unit price is the gross amount unless it is given."""
    rated = category in CATEGORIES and CATEGORIES[category].rated
    return DocumentLine(
        position=position,
        description=description,
        quantity=Decimal(quantity),
        unit_price=Decimal(gross if unit_price is None else unit_price),
        gross=Decimal(gross),
        discount=Decimal(discount),
        net=Decimal(gross) - Decimal(discount),
        tax_category=category,
        tax_rate=Decimal(rate or 0) if rated else None,
    )


def subtotals(lines: Sequence[DocumentLine], currency: str) -> tuple[TaxSubtotal, ...]:
    """The breakdown of VAT of these lines, each group's tax rounded once, in order of the lines."""
    bases: dict[tuple[str, Decimal | None], Decimal] = {}
    for each in lines:
        group = (each.tax_category, each.tax_rate)
        bases[group] = bases.get(group, Decimal(0)) + each.net
    return tuple(
        TaxSubtotal(
            category,
            rate,
            base,
            round_money(base * (rate or 0), currency),
            exemption_reason=_reason(category)[0],
            exemption_code=_reason(category)[1],
        )
        for (category, rate), base in bases.items()
    )


def _reason(category: str) -> tuple[str | None, str | None]:
    if category == "E":
        return "Exempt: education", "VATEX-EU-132-1I"
    return EXEMPTIONS.get(category, (None, None))


def document(lines: Sequence[DocumentLine], *, currency: str = "EUR", paid: str = "0") -> Document:
    """An invoice over these lines whose sums are right."""
    taxes = subtotals(lines, currency)
    net = sum((each.net for each in lines), Decimal(0))
    tax = sum((group.tax for group in taxes), Decimal(0))
    issued_on = date(2026, 11, 1)
    return Document(
        kind=DocumentKind.INVOICE,
        number="INV-2026-00042",
        issued_on=issued_on,
        currency=currency,
        seller=SELLER,
        buyer=BUYER,
        lines=tuple(lines),
        taxes=taxes,
        net=net,
        tax=tax,
        total=net + tax,
        paid=Decimal(paid),
        due=net + tax - Decimal(paid),
        due_on=issued_on + timedelta(days=14),
        period=Span(date(2026, 11, 1), date(2026, 12, 1)),
        means=MEANS,
        terms="Payable within 14 days without deduction.",
    )


def sample_document() -> Document:
    """An invoice with everything a page may have to show: tiers, a discount, two rates of tax."""
    month = Span(date(2026, 11, 1), date(2026, 12, 1))
    lines = [
        replace(line(1, "Fiber 100 business", "49.90"), period=month),
        replace(
            line(2, "Traffic", "36.80", quantity="1480", unit_price="0.025", discount="3.68"),
            unit="E34",
            period=Span(date(2026, 10, 1), date(2026, 11, 1)),
            explanation=("First 1,000 GB at 0.028: 28.00", "Next 480 GB at 0.018333: 8.80"),
            discount_reason="10 % for twelve months",
        ),
        replace(line(3, "Router manual, printed", "12.00", rate="0.07"), quantity=Decimal(1)),
    ]
    return replace(
        document(lines, paid="20.00"),
        notes=("Thank you for your custom.",),
        buyer_reference="PO-7781",
    )

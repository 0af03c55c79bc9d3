"""A credit note as a tax service is told of it: what is returned, with the tax it had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from dotmac_billing.tax.buyer import UNKNOWN_BUYER
from dotmac_billing.tax.documents import GivenTax, TaxableDocument, TaxableLine, TaxAddress
from dotmac_billing.tax.treatment import AppliedTax, treatment_of
from dotmac_core_ops.money import spread

_NOTHING = Decimal(0)


class ReturnedLine(NamedTuple):
    """A line of a credit note, which takes back `net` of the invoice's line at that position."""

    description: str
    net: Decimal
    quantity: Decimal
    tax_code: str | None
    tax_rate: Decimal | None
    invoice_position: int


class Returned(NamedTuple):
    """A credit note; `facts` are those kept of the invoice, `taxes` by tax code and rate."""

    id: UUID
    currency: str
    issued_on: date
    facts: Mapping[str, Any]
    lines: Sequence[ReturnedLine]
    taxes: Mapping[tuple[str, Decimal], Decimal]


def return_of(note: Returned) -> TaxableDocument:
    """The document, below zero. The tax is given: what was charged once is what is taken back.

    The tax on lines that are taxed alike is spread over them by largest remainder.
    """
    shares = _shares(note)
    codes = note.facts["codes"]
    return TaxableDocument(
        id=note.id,
        customer_code=note.facts["customer_code"],
        buyer=UNKNOWN_BUYER,
        currency=note.currency,
        on=note.issued_on,
        lines=tuple(
            TaxableLine(
                amount=-line.net,
                tax_code=line.tax_code,
                description=line.description,
                quantity=line.quantity,
                external_code=codes[line.invoice_position - 1],
                given=_given(line, share),
            )
            for line, share in zip(note.lines, shares, strict=True)
        ),
        ship_from=TaxAddress(**note.facts["ship_from"]),
        ship_to=TaxAddress(**note.facts["ship_to"]),
        tax_id=note.facts["tax_id"],
    )


def _given(line: ReturnedLine, tax: Decimal) -> GivenTax | None:
    if line.tax_code is None or line.tax_rate is None:
        return None
    return GivenTax(treatment_of(AppliedTax(line.tax_code, line.tax_code, line.tax_rate)), -tax)


def _shares(note: Returned) -> list[Decimal]:
    """What of the tax belongs to each line."""
    shares = [_NOTHING] * len(note.lines)
    for (code, rate), tax in note.taxes.items():
        alike = [
            n for n, line in enumerate(note.lines) if (line.tax_code, line.tax_rate) == (code, rate)
        ]
        if alike:
            spread_tax = spread(tax, [note.lines[n].net for n in alike], note.currency)
            for n, share in zip(alike, spread_tax, strict=True):
                shares[n] = share
    return shares

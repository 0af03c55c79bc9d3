"""The business rules of EN 16931 as far as a document of ours could break them.

A rule that our model cannot break (an invoice without a type code, amounts that are not numbers)
is not here. The names are those of the official validation artefacts, so that a finding can be
looked up. Source: EN 16931-1:2017, chapter 6.4, and CEN/TC 434's Schematron.
"""

from __future__ import annotations

from collections.abc import Iterator

from dotmac_billing.documents.code_lists import (
    is_address_scheme,
    is_country,
    is_currency,
    is_unit,
)
from dotmac_billing.documents.document import Document, DocumentLine, Party, Span
from dotmac_billing.documents.en16931_sums import sums_that_differ
from dotmac_billing.documents.en16931_vat import vat_problems
from dotmac_billing.documents.findings import Finding


def broken_rules(document: Document) -> list[Finding]:
    """Every rule of EN 16931 that the document breaks; nothing for one that may be issued."""
    return [
        *_heading(document),
        *_references(document),
        *_party(document.seller, "seller", ("BR-06", "BR-08", "BR-09"), "BR-62"),
        *_party(document.buyer, "buyer", ("BR-07", "BR-10", "BR-11"), "BR-63"),
        *_payment(document),
        *(found for line in document.lines for found in _line(line)),
        *sums_that_differ(document),
        *vat_problems(document),
    ]


def _heading(document: Document) -> Iterator[Finding]:
    if not document.number.strip():
        yield Finding("BR-02", "The document has no number.", "number")
    if not is_currency(document.currency):
        yield Finding("BR-CL-04", f"{document.currency} is no ISO 4217 currency.", "currency")
    if document.own_currency is not None:
        if not is_currency(document.own_currency):
            yield Finding(
                "BR-CL-05", f"{document.own_currency} is no ISO 4217 currency.", "own_currency"
            )
        if document.tax_in_own_currency is None:
            yield Finding(
                "BR-53",
                "The tax in the currency of accounting is missing.",
                "tax_in_own_currency",
            )
    if not document.lines:
        yield Finding("BR-16", "The document has no line.", "lines")
    if document.period is not None and not _is_in_order(document.period):
        yield Finding("BR-29", "The period ends before it starts.", "period")


def _references(document: Document) -> Iterator[Finding]:
    for reference in document.preceding:
        if not reference.number.strip():
            yield Finding("BR-55", "A preceding invoice has no number.", "preceding")
    if document.delivery_country is not None and not is_country(document.delivery_country):
        yield Finding(
            "BR-CL-14", f"{document.delivery_country} is no country code.", "delivery_country"
        )


def _party(
    party: Party, role: str, rules: tuple[str, str, str], endpoint_rule: str
) -> Iterator[Finding]:
    no_name, no_address, no_country = rules
    if not party.name.strip():
        yield Finding(no_name, f"The {role} has no name.", f"{role}.name")
    if party.country is None:
        if not (party.street or party.city or party.postal_code):
            yield Finding(no_address, f"The {role} has no address.", role)
        yield Finding(no_country, f"The {role}'s address has no country.", f"{role}.country")
    elif not is_country(party.country):
        yield Finding("BR-CL-14", f"{party.country} is no country code.", f"{role}.country")
    if party.endpoint is not None:
        if party.endpoint_scheme is None:
            yield Finding(
                endpoint_rule,
                f"The {role}'s electronic address has no scheme.",
                f"{role}.endpoint_scheme",
            )
        elif not is_address_scheme(party.endpoint_scheme):
            yield Finding(
                "BR-CL-25",
                f"{party.endpoint_scheme} is no electronic address scheme.",
                f"{role}.endpoint_scheme",
            )
    if party.tax_id is not None and not _has_country_prefix(party.tax_id):
        yield Finding(
            "BR-CO-09",
            f"The {role}'s VAT number {party.tax_id} does not begin with a country's code.",
            f"{role}.tax_id",
        )


def _has_country_prefix(tax_id: str) -> bool:
    # Greece's numbers begin with EL.
    return is_country(tax_id[:2]) or tax_id[:2] == "EL"


def _payment(document: Document) -> Iterator[Finding]:
    seller = document.seller
    if not (seller.tax_id or seller.registration):
        yield Finding(
            "BR-CO-26", "The seller has neither VAT number nor registration.", "seller.tax_id"
        )
    if document.due > 0 and document.due_on is None and not document.terms:
        yield Finding("BR-CO-25", "Neither a due date nor terms say when to pay.", "due_on")
    if document.means is not None and document.means.bic and not document.means.iban:
        yield Finding("BR-50", "The account to pay to has no number.", "means.iban")


def _line(line: DocumentLine) -> Iterator[Finding]:
    where = f"lines[{line.position}]"
    if line.position < 1:
        yield Finding("BR-21", "A line has no number.", where)
    if not line.description.strip():
        yield Finding("BR-25", "The line does not say what it is for.", f"{where}.description")
    if not is_unit(line.unit):
        yield Finding("BR-CL-23", f"{line.unit} is no code of a unit.", f"{where}.unit")
    if line.period is not None and not _is_in_order(line.period):
        yield Finding("BR-30", "The line's period ends before it starts.", f"{where}.period")


def _is_in_order(span: Span) -> bool:
    return span.start <= span.end

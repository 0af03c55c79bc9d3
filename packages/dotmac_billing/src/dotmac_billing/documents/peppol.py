"""A document as Peppol BIS Billing 3.0 has it: a narrower EN 16931, with addresses in the network.

Source: OpenPeppol, *Peppol BIS Billing 3.0*, https://docs.peppol.eu/poacc/billing/3.0/, its rules
and its list of electronic address schemes (EAS).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dotmac_billing.documents.document import Document, Party, Span
from dotmac_billing.documents.findings import Finding

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
"""What a document of this profile conforms to (BT-24)."""

PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
"""The business process (BT-23): billing."""

# Schemes whose identifier is the number with the country's prefix.
_BY_VAT_NUMBER = {
    "HU": "9910",
    "AT": "9914",
    "ES": "9920",
    "BG": "9926",
    "CH": "9927",
    "CY": "9928",
    "CZ": "9929",
    "DE": "9930",
    "EE": "9931",
    "GB": "9932",
    "GR": "9933",
    "HR": "9934",
    "IE": "9935",
    "LT": "9937",
    "LU": "9938",
    "LV": "9939",
    "MT": "9943",
    "NL": "9944",
    "PL": "9945",
    "PT": "9946",
    "RO": "9947",
    "RS": "9948",
    "SI": "9949",
    "SK": "9950",
    "FR": "9957",
    "IT": "0211",
    "FI": "0213",
}
# And those of the company's own number, which is in the VAT number: its digits, how many of them.
_BY_COMPANY_NUMBER = {"BE": ("0208", 10), "DK": ("0184", 8), "SE": ("0007", 10)}


def participant(party: Party) -> tuple[str, str] | None:
    """The party's identifier in the network and its scheme (EAS), told from its VAT number.

    One that was given to it goes before. None: nothing tells it.
    """
    if party.endpoint and party.endpoint_scheme:
        return party.endpoint, party.endpoint_scheme
    if party.tax_id is None or party.country is None:
        return None
    company = _BY_COMPANY_NUMBER.get(party.country)
    if company is not None:
        scheme, length = company
        digits = "".join(letter for letter in party.tax_id if letter.isdigit())[:length]
        return (digits, scheme) if len(digits) == length else None
    scheme_of_country = _BY_VAT_NUMBER.get(party.country)
    return None if scheme_of_country is None else (party.tax_id, scheme_of_country)


def given_addresses(document: Document, given: Mapping[str, str | None]) -> Document:
    """The document with the addresses and the reference that were given to its parties.

    `given` has `buyer_scheme`, `buyer_identifier`, `buyer_reference`, `seller_scheme` and
    `seller_identifier`; what is None changes nothing. They are today's, not those of the day it was
    issued: they say where it goes, not what it says.
    """
    return replace(
        document,
        buyer=_at(document.buyer, given.get("buyer_identifier"), given.get("buyer_scheme")),
        seller=_at(document.seller, given.get("seller_identifier"), given.get("seller_scheme")),
        buyer_reference=given.get("buyer_reference") or document.buyer_reference,
    )


def for_peppol(document: Document) -> Document:
    """The document with addresses in the network, a reference of the buyer, and all of its days.

    Where the buyer gave none it has the buyer's name, as the profile demands one.
    """
    return replace(
        document,
        seller=_addressed(document.seller),
        buyer=_addressed(document.buyer),
        buyer_reference=document.buyer_reference or document.buyer.name,
        period=_covering(document),
    )


def broken_peppol_rules(document: Document) -> list[Finding]:
    """The rules of the profile, beside those of EN 16931, that the document breaks."""
    return [*_heading(document), *_lines(document)]


def _covering(document: Document) -> Span | None:
    """The period with those of all lines: one may be of an earlier period."""
    if document.period is None:
        return None
    spans = [document.period, *(line.period for line in document.lines if line.period is not None)]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _at(party: Party, identifier: str | None, scheme: str | None) -> Party:
    if identifier is None or scheme is None:
        return party
    return replace(party, endpoint=identifier, endpoint_scheme=scheme)


def _addressed(party: Party) -> Party:
    known = participant(party)
    return party if known is None else replace(party, endpoint=known[0], endpoint_scheme=known[1])


def _heading(document: Document) -> Iterator[Finding]:
    if len(document.notes) > 1:
        yield Finding("PEPPOL-EN16931-R002", "A document has one note at most.", "notes")
    if not document.buyer_reference and document.order is None:
        yield Finding(
            "PEPPOL-EN16931-R003",
            "A reference of the buyer or of the order is missing.",
            "buyer_reference",
        )
    for rule, role, party in (
        ("PEPPOL-EN16931-R010", "buyer", document.buyer),
        ("PEPPOL-EN16931-R020", "seller", document.seller),
    ):
        if not party.endpoint or not party.endpoint_scheme:
            yield Finding(rule, f"The {role} has no address in the network.", f"{role}.endpoint")
    if document.own_currency is not None and document.own_currency == document.currency:
        yield Finding(
            "PEPPOL-EN16931-R005",
            "The currency of accounting is named only when it is another one.",
            "own_currency",
        )


def _lines(document: Document) -> Iterator[Finding]:
    whole = document.period
    for line in document.lines:
        if whole is None or line.period is None:
            continue
        if line.period.start < whole.start:
            yield Finding(
                "PEPPOL-EN16931-R110",
                "The line's period begins before the document's.",
                f"lines[{line.position}].period",
            )
        if line.period.last > whole.last:
            yield Finding(
                "PEPPOL-EN16931-R111",
                "The line's period ends after the document's.",
                f"lines[{line.position}].period",
            )

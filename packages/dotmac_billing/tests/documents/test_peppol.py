"""Documents in the profile of the network, and what keeps them from being sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree

from dotmac_billing.documents.adapters.rendering import render
from dotmac_billing.documents.document import Document, DocumentKind, Party, Span
from dotmac_billing.documents.forms import Form
from dotmac_billing.documents.peppol import (
    CUSTOMIZATION,
    PROFILE,
    broken_peppol_rules,
    for_peppol,
    participant,
)
from dotmac_billing.documents.sample import sample_document
from dotmac_billing.documents.style import Style

Valid = Callable[[Document], list[str]]
UBL = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@pytest.mark.parametrize(
    ("country", "tax_id", "known"),
    [
        ("DE", "DE136695976", ("DE136695976", "9930")),
        ("FR", "FR40303265045", ("FR40303265045", "9957")),
        ("BE", "BE0428759497", ("0428759497", "0208")),
        ("SE", "SE556188840401", ("5561888404", "0007")),
        ("DK", "DK13585628", ("13585628", "0184")),
        ("BE", "BE042875", None),
        ("NG", "12345", None),
        ("DE", None, None),
    ],
)
def test_a_participant_is_told_from_the_vat_number(
    country: str, tax_id: str | None, known: tuple[str, str] | None
) -> None:
    assert participant(Party("Ada", country=country, tax_id=tax_id)) == known


def test_an_address_that_was_given_goes_before() -> None:
    party = Party(
        "Ada", country="DE", tax_id="DE136695976", endpoint="4012345000009", endpoint_scheme="0088"
    )

    assert participant(party) == ("4012345000009", "0088")


@pytest.mark.parametrize("kind", [DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE])
def test_it_is_valid_ubl_that_names_its_profile(kind: DocumentKind, schema_errors: Valid) -> None:
    document = for_peppol(replace(sample_document(), kind=kind))

    root = etree.fromstring(render(document, Form.PEPPOL, Style()))

    assert root.findtext(f"{UBL}CustomizationID") == CUSTOMIZATION
    assert root.findtext(f"{UBL}ProfileID") == PROFILE
    assert [child.tag for child in root[:3]] == [
        f"{UBL}CustomizationID",
        f"{UBL}ProfileID",
        f"{UBL}ID",
    ]
    schemes = [one.get("schemeID") for one in root.iter(f"{UBL}EndpointID")]
    assert len(schemes) == 2
    assert "EM" not in schemes
    assert broken_peppol_rules(document) == []
    assert schema_errors(document) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"notes": ("One", "Two")}, "PEPPOL-EN16931-R002"),
        ({"buyer_reference": None, "order": None}, "PEPPOL-EN16931-R003"),
        ({"buyer": Party("Ada", country="NG")}, "PEPPOL-EN16931-R010"),
        ({"seller": Party("Ada", country="DE")}, "PEPPOL-EN16931-R020"),
        ({"period": Span(date(2000, 1, 1), date(2000, 2, 1))}, "PEPPOL-EN16931-R111"),
        ({"period": Span(date(2090, 1, 1), date(2090, 2, 1))}, "PEPPOL-EN16931-R110"),
    ],
)
def test_what_the_network_refuses_is_found_before(changes: dict[str, Any], rule: str) -> None:
    faulty = replace(for_peppol(sample_document()), **changes)

    assert rule in {found.rule for found in broken_peppol_rules(faulty)}

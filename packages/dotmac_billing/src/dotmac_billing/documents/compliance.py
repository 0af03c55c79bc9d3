"""Whether a document may be issued, for tenants that care about e-invoices."""

from __future__ import annotations

from collections.abc import Iterable

from dotmac_billing.documents.document import Document
from dotmac_billing.documents.en16931_rules import broken_rules
from dotmac_billing.documents.errors import InvoiceNotCompliantError
from dotmac_billing.documents.findings import Finding


def check_before_issue(document: Document) -> list[Finding]:
    """Every rule of EN 16931 that the document breaks, in the order of the document."""
    return broken_rules(document)


def refuse_faulty(documents: Iterable[Document]) -> None:
    """Let documents pass that may be issued; each call is all or nothing.

    Raises:
        InvoiceNotCompliantError: one of them breaks a rule; it names all findings of the first
            such document.
    """
    for document in documents:
        findings = broken_rules(document)
        if findings:
            raise InvoiceNotCompliantError(findings)

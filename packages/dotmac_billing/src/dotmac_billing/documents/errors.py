"""What documents refuse."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dotmac_billing.documents.findings import Finding
from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class InvoiceNotCompliantError(InvalidError):
    """The document breaks rules of EN 16931, and the tenant requires that none does."""

    code = "INVOICE_NOT_COMPLIANT"

    def __init__(self, findings: Sequence[Finding]) -> None:
        shown = "; ".join(f"{found.rule}: {found.message}" for found in findings[:3])
        super().__init__(
            f"The document does not conform to EN 16931. {shown}",
            findings=[found._asdict() for found in findings],
        )


class NotReadyForPeppolError(InvalidError):
    """The document breaks rules of Peppol BIS Billing 3.0; receivers of the network refuse it."""

    code = "NOT_READY_FOR_PEPPOL"

    def __init__(self, findings: Sequence[Finding]) -> None:
        shown = "; ".join(f"{found.rule}: {found.message}" for found in findings[:3])
        super().__init__(
            f"The document does not conform to Peppol BIS Billing 3.0. {shown} "
            "Complete the seller in the billing settings or the customer.",
            findings=[found._asdict() for found in findings],
        )


class DocumentNotFoundError(NotFoundError):
    """No invoice or credit note with this id."""

    code = "DOCUMENT_NOT_FOUND"

    def __init__(self, document_id: UUID) -> None:
        super().__init__("There is no such document.", document_id=str(document_id))


class HtmlRendererMissingError(UnavailableError):
    """The HTML renderer, or a library of the system that it needs, is not installed."""

    code = "HTML_RENDERER_MISSING"

    def __init__(self, problem: str) -> None:
        super().__init__(
            "PDF from HTML needs `pip install dotmac-billing[html]` and the Pango library.",
            problem=problem,
        )


class InvalidTemplateError(InvalidError):
    """A template of documents cannot be used as it is."""

    code = "INVALID_DOCUMENT_TEMPLATE"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The template cannot be used: {problem}", problem=problem)


class TemplateNotFoundError(NotFoundError):
    """No template of documents with this code or id."""

    code = "DOCUMENT_TEMPLATE_NOT_FOUND"

    def __init__(self, template: str) -> None:
        super().__init__("There is no such template.", template=template)


class TemplateTakenError(ConflictError):
    """Another template of documents has this code."""

    code = "DOCUMENT_TEMPLATE_TAKEN"

    def __init__(self, template: str) -> None:
        super().__init__(f"Another template has the code {template!r}.", template=template)


class DocumentNumberUnknownError(NotFoundError):
    """No invoice with this number."""

    code = "DOCUMENT_NUMBER_UNKNOWN"

    def __init__(self, number: str) -> None:
        super().__init__(f"There is no invoice {number!r}.", number=number)

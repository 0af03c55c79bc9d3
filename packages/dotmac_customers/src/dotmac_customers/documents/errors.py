"""Refusals about documents."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class DocumentNotFoundError(NotFoundError):
    """The customer has no such document that you may see."""

    code = "CUSTOMER_DOCUMENT_NOT_FOUND"

    def __init__(self, document_id: UUID) -> None:
        super().__init__("There is no such document.", document_id=document_id)


class DocumentTypeError(InvalidError):
    """The content is of no type that is accepted here: save it as a PDF or an image."""

    code = "DOCUMENT_TYPE_REFUSED"

    def __init__(self, media_type: str, reason: str) -> None:
        super().__init__(f"This file cannot be taken. {reason}", media_type=media_type)


class DocumentExpiredError(InvalidError):
    """The document has expired already: ask for a newer one."""

    code = "DOCUMENT_EXPIRED"

    def __init__(self, expires_on: date) -> None:
        super().__init__(f"The document expired on {expires_on}.", expires_on=expires_on)


class DocumentDatesError(InvalidError):
    """A document is issued before it expires, and not in the future: check both days."""

    code = "DOCUMENT_DATES_INVALID"

    def __init__(self) -> None:
        super().__init__("The document's days cannot be: it is issued first and expires later.")


class DocumentInfectedError(InvalidError):
    """The virus scanner found something: the file was not kept."""

    code = "DOCUMENT_INFECTED"

    def __init__(self, signature: str) -> None:
        super().__init__("The virus scanner found something in the file.", signature=signature)


class DocumentNotScannedError(ConflictError):
    """The file is not looked through for viruses yet: try again in some minutes."""

    code = "DOCUMENT_NOT_SCANNED"

    def __init__(self, scan: str) -> None:
        super().__init__("The file cannot be fetched before it proves clean.", scan=scan)


class DocumentNotVerifiableError(ConflictError):
    """An expired document is verified no more: have a newer one uploaded."""

    code = "DOCUMENT_NOT_VERIFIABLE"

    def __init__(self, verification: str) -> None:
        super().__init__("This document cannot be verified.", verification=verification)

"""HTTP verbs of the documents that a customer sees and brings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, customer_of, requires
from dotmac_customers.documents.accepted import DocumentFacts
from dotmac_customers.documents.errors import DocumentNotFoundError
from dotmac_customers.documents.kinds import DocumentKind
from dotmac_customers.documents.models import Document, DocumentVersion
from dotmac_customers.documents.repository import DocumentRepository, WantedDocuments
from dotmac_customers.documents.schemas import FileLinkOut
from dotmac_customers.documents.service import DocumentService, Upload, accepted_by
from dotmac_customers.file_links.routes import link_to
from dotmac_customers.file_links.ticket import Purpose
from dotmac_customers.portal.errors import PortalUploadsClosedError
from dotmac_customers.portal.service import changing_customer
from dotmac_customers.portal_documents.schemas import OwnDocumentOut
from dotmac_customers.privacy.viewer import Viewer

router = APIRouter(prefix="/portal/me/documents", tags=["Portal"])

Customer = Annotated[Principal, Depends(requires("portal:documents"))]
_DOWNLOAD = "download_customer_document"


@router.get("", response_model=Listing[OwnDocumentOut], summary="List my documents")
async def list_own_documents(
    tx: Tx,
    principal: Customer,
    page: Annotated[PageParams, Depends()],
    kind: DocumentKind | None = None,
) -> dict[str, Any]:
    """Documents that one brought oneself or that were shared, newest first."""
    documents = DocumentRepository(tx)
    rows, total = await documents.page(
        customer_of(principal),
        WantedDocuments(kind, is_shared=True),
        Viewer(principal.subject),
        offset=page.offset,
        limit=page.per_page,
    )
    files = await documents.latest_of(rows)
    return listing([_joined(row, files[row.id]) for row in rows], page, total)


@router.post(
    "",
    response_model=Envelope[OwnDocumentOut],
    status_code=201,
    summary="Upload my document",
)
async def upload_own_document(
    tx: Tx,
    principal: Customer,
    file: Annotated[UploadFile, File(description="PDF, image, plain text, DOCX or XLSX.")],
    kind: Annotated[DocumentKind, Form()],
    title: Annotated[str, Form(max_length=200)] = "",
    *,
    number: Annotated[str | None, Form(max_length=100)] = None,
    expires_on: Annotated[date | None, Form(description="The last day it counts.")] = None,
) -> dict[str, Any]:
    """Bring a document, as `multipart/form-data`, where the organisation takes them here."""
    customer_id = await changing_customer(tx, principal)
    documents = DocumentRepository(tx)
    if not (await accepted_by(tx)).portal_uploads:
        raise PortalUploadsClosedError
    facts = DocumentFacts(kind, title.strip(), number, expires_on=expires_on, is_shared=True)
    service = DocumentService.within(tx, customer_id, Viewer(principal.subject))
    document = await service.upload(facts, Upload(file.filename or "", file.file))
    files = await documents.latest_of([document])
    return enveloped(_joined(document, files[document.id]))


@router.post(
    "/{document_id}/link",
    response_model=Envelope[FileLinkOut],
    summary="Make a link to a document of mine",
)
async def link_own_document(
    document_id: UUID, tx: Tx, request: Request, principal: Customer
) -> dict[str, Any]:
    """A link that a browser follows without a header, for five minutes. That it was made is noted.

    A file that has not proved clean is not handed out.
    """
    service = DocumentService.within(tx, customer_of(principal), Viewer(principal.subject))
    if not (await service.by_id(document_id)).is_shared:
        raise DocumentNotFoundError(document_id)
    stored = await service.file_of(document_id, None)
    return enveloped(
        await link_to(
            tx,
            request,
            stored.id,
            purpose=Purpose.DOCUMENT,
            route=_DOWNLOAD,
        )
    )


def _joined(document: Document, file: DocumentVersion) -> dict[str, Any]:
    of_file = ("file_name", "media_type", "size", "uploaded_at")
    names = OwnDocumentOut.model_fields.keys() - set(of_file)
    return {
        **{name: getattr(document, name) for name in names},
        **{name: getattr(file, name) for name in of_file},
    }

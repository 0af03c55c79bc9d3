"""HTTP verbs of documents."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
)
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.documents.accepted import Accepted, DocumentFacts
from dotmac_customers.documents.kinds import DocumentKind, Verification
from dotmac_customers.documents.models import Document, DocumentVersion
from dotmac_customers.documents.repository import DocumentRepository, WantedDocuments
from dotmac_customers.documents.schemas import (
    DocumentChangeIn,
    DocumentOut,
    DocumentSettingsIn,
    DocumentSettingsOut,
    DocumentVersionOut,
    FileLinkIn,
    FileLinkOut,
    VerificationIn,
)
from dotmac_customers.documents.service import (
    DocumentService,
    Upload,
    accepted_by,
    choose_accepted,
    fetched_file,
)
from dotmac_customers.file_links.routes import attachment, link_to, ticket_of
from dotmac_customers.file_links.ticket import Purpose
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.privacy.viewer import Viewer
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.scoping.service import holds_for

router = APIRouter(tags=["Customer documents"])

Reader = Annotated[Principal, Depends(CustomerRequirement("documents:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("documents:write"))]
Verifier = Annotated[Principal, Depends(CustomerRequirement("documents:verify"))]
Deleter = Annotated[Principal, Depends(CustomerRequirement("documents:delete"))]
# What is accepted is about no customer; who uploads for a part of them needs to know it, too.
SettingsReader = Annotated[Principal, Depends(requires("documents:read", scoped=True))]
Configurer = Annotated[Principal, Depends(requires("documents:configure"))]

_OF_CUSTOMER = "/customers/{customer_id}/documents"
_DOWNLOAD = "download_customer_document"
_File = Annotated[UploadFile, File(description="PDF, image, plain text, DOCX or XLSX.")]
_FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, to be saved.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}


async def _viewer(tx: Tx, customer_id: UUID, principal: Principal) -> Viewer:
    sees_private = await holds_for(tx, principal, "documents:private", customer_id)
    return Viewer(principal.subject, sees_private)


async def _service(tx: Tx, customer_id: UUID, principal: Principal) -> DocumentService:
    return DocumentService.within(tx, customer_id, await _viewer(tx, customer_id, principal))


def document_facts(
    kind: Annotated[DocumentKind, Form()],
    title: Annotated[str, Form(max_length=200)] = "",
    number: Annotated[str | None, Form(max_length=100)] = None,
    issued_on: Annotated[date | None, Form()] = None,
    expires_on: Annotated[date | None, Form(description="The last day it counts.")] = None,
    *,
    is_private: Annotated[bool, Form()] = False,
    is_shared: Annotated[bool, Form(description="The customer sees it in the portal.")] = False,
) -> DocumentFacts:
    """What the form says about the document."""
    return DocumentFacts(kind, title.strip(), number, issued_on, expires_on, is_private, is_shared)


@router.post(
    _OF_CUSTOMER,
    response_model=Envelope[DocumentOut],
    status_code=201,
    summary="Upload a document",
)
async def upload_customer_document(
    customer_id: UUID,
    tx: Tx,
    file: _File,
    facts: Annotated[DocumentFacts, Depends(document_facts)],
    principal: Writer,
) -> dict[str, Any]:
    """Take a document in, as `multipart/form-data`.

    What it is, is told from its content. It waits for verification, and cannot be fetched before
    the virus scanner has looked through it.
    """
    service = await _service(tx, customer_id, principal)
    document = await service.upload(facts, Upload(file.filename or "", file.file))
    return enveloped(await _shown(tx, document))


@router.get(_OF_CUSTOMER, response_model=Listing[DocumentOut], summary="List documents")
async def list_customer_documents(
    customer_id: UUID,
    tx: Tx,
    principal: Reader,
    page: Annotated[PageParams, Depends()],
    *,
    kind: DocumentKind | None = None,
    verification: Verification | None = None,
    expiring_before: date | None = None,
) -> dict[str, Any]:
    """Documents of a customer, newest first; private ones of others need `documents:private`."""
    await CustomerService.within(tx).by_id(customer_id)
    documents = DocumentRepository(tx)
    rows, total = await documents.page(
        customer_id,
        WantedDocuments(kind, verification, expiring_before),
        await _viewer(tx, customer_id, principal),
        offset=page.offset,
        limit=page.per_page,
    )
    files = await documents.latest_of(rows)
    return listing([_joined(row, files[row.id]) for row in rows], page, total)


@router.get(
    _OF_CUSTOMER + "/{document_id}",
    response_model=Envelope[DocumentOut],
    summary="Read a document's facts",
)
async def read_customer_document(
    customer_id: UUID, document_id: UUID, tx: Tx, response: Response, principal: Reader
) -> dict[str, Any]:
    """What is known about a document; the `ETag` is needed to change it."""
    document = await (await _service(tx, customer_id, principal)).by_id(document_id)
    response.headers["etag"] = etag_of(document.version)
    return enveloped(await _shown(tx, document))


@router.patch(
    _OF_CUSTOMER + "/{document_id}",
    response_model=Envelope[DocumentOut],
    summary="Change a document's facts",
)
async def change_customer_document(
    customer_id: UUID,
    document_id: UUID,
    body: DocumentChangeIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    principal: Writer,
) -> dict[str, Any]:
    """Change what is given. Needs `If-Match`."""
    document = await (await _service(tx, customer_id, principal)).change(
        document_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(document.version)
    return enveloped(await _shown(tx, document))


@router.delete(_OF_CUSTOMER + "/{document_id}", status_code=204, summary="Delete a document")
async def delete_customer_document(
    customer_id: UUID, document_id: UUID, tx: Tx, principal: Deleter
) -> None:
    """Let a document disappear at once; its files are destroyed after thirty days."""
    await (await _service(tx, customer_id, principal)).delete(document_id)


@router.post(
    _OF_CUSTOMER + "/{document_id}/versions",
    response_model=Envelope[DocumentOut],
    status_code=201,
    summary="Upload a newer version",
)
async def upload_document_version(
    customer_id: UUID, document_id: UUID, tx: Tx, file: _File, principal: Writer
) -> dict[str, Any]:
    """Take a newer file in. The former ones are kept; the document waits for verification anew."""
    document = await (await _service(tx, customer_id, principal)).upload_version(
        document_id, Upload(file.filename or "", file.file)
    )
    return enveloped(await _shown(tx, document))


@router.get(
    _OF_CUSTOMER + "/{document_id}/versions",
    response_model=Envelope[list[DocumentVersionOut]],
    summary="List versions",
)
async def list_document_versions(
    customer_id: UUID, document_id: UUID, tx: Tx, principal: Reader
) -> dict[str, Any]:
    """All files of a document, the latest first."""
    document = await (await _service(tx, customer_id, principal)).by_id(document_id)
    return enveloped(await DocumentRepository(tx).versions_of([document.id]))


@router.post(
    _OF_CUSTOMER + "/{document_id}/verification",
    response_model=Envelope[DocumentOut],
    summary="Verify a document",
)
async def verify_customer_document(
    customer_id: UUID, document_id: UUID, body: VerificationIn, tx: Tx, principal: Verifier
) -> dict[str, Any]:
    """Say that you looked at the document, and whether it is what it should be."""
    document = await (await _service(tx, customer_id, principal)).verify(
        document_id, Verification(body.outcome), body.note
    )
    return enveloped(await _shown(tx, document))


@router.post(
    _OF_CUSTOMER + "/{document_id}/link",
    response_model=Envelope[FileLinkOut],
    summary="Make a link to a document's file",
)
async def link_customer_document(
    customer_id: UUID,
    document_id: UUID,
    body: FileLinkIn,
    *,
    tx: Tx,
    request: Request,
    principal: Reader,
) -> dict[str, Any]:
    """A link that a browser follows without a header, for five minutes. That it was made is noted.

    A file that has not proved clean is not handed out.
    """
    stored = await (await _service(tx, customer_id, principal)).file_of(document_id, body.serial)
    return enveloped(
        await link_to(tx, request, stored.id, purpose=Purpose.DOCUMENT, route=_DOWNLOAD)
    )


@router.get(
    "/customer-documents/download/{ticket}",
    name=_DOWNLOAD,
    summary="Fetch a document's file",
    response_class=StreamingResponse,
    responses=_FILE_ANSWER,
)
async def download_customer_document(
    ticket: Annotated[str, Path(max_length=200)], request: Request, database: Db
) -> StreamingResponse:
    """The file that a link leads to, as an attachment. The link itself says who may have it."""
    wanted = ticket_of(request, ticket, Purpose.DOCUMENT, database.clock.now())
    async with database.transaction(wanted.tenant_id) as session:
        stored, chunks = await fetched_file(session, wanted.file_id)
    return attachment(stored, chunks)


@router.get(
    "/customer-documents/settings",
    response_model=Envelope[DocumentSettingsOut],
    summary="Read what is accepted",
)
async def read_document_settings(tx: Tx, _: SettingsReader) -> dict[str, Any]:
    """The largest file and the types that may be uploaded."""
    return enveloped(await accepted_by(tx))


@router.put(
    "/customer-documents/settings",
    response_model=Envelope[DocumentSettingsOut],
    summary="Choose what is accepted",
)
async def choose_document_settings(
    body: DocumentSettingsIn, tx: Tx, _: Configurer
) -> dict[str, Any]:
    """Say how large files may be and of which types, from now on."""
    chosen = Accepted(body.max_bytes, body.media_types, body.portal_uploads)
    await choose_accepted(tx, chosen)
    return enveloped(chosen)


async def _shown(tx: Tx, document: Document) -> dict[str, Any]:
    files = await DocumentRepository(tx).latest_of([document])
    return _joined(document, files[document.id])


def _joined(document: Document, file: DocumentVersion) -> dict[str, Any]:
    shown = {name: getattr(document, name) for name in DocumentOut.model_fields if name != "file"}
    return {**shown, "file": DocumentVersionOut.model_validate(file)}

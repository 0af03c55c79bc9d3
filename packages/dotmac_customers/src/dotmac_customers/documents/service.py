"""What can be done with documents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.files import (
    FileStore,
    StoredFile,
    delete_file,
    file_store,
    find_file,
    open_file,
    store_file,
)
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.module import Limit
from dotmac_core_ops.principal import current_actor
from dotmac_core_ops.tenant_settings import change_settings, stored_settings
from dotmac_customers.documents.accepted import SETTINGS, Accepted, DocumentFacts
from dotmac_customers.documents.adapters.clamav import scanner
from dotmac_customers.documents.errors import (
    DocumentInfectedError,
    DocumentNotFoundError,
    DocumentNotScannedError,
)
from dotmac_customers.documents.events import (
    DocumentDeleted,
    DocumentInfected,
    DocumentRejected,
    DocumentUploaded,
    DocumentVerified,
)
from dotmac_customers.documents.inspection import content_type
from dotmac_customers.documents.kinds import ScanState, Verification
from dotmac_customers.documents.models import Document, DocumentVersion
from dotmac_customers.documents.repository import DocumentRepository
from dotmac_customers.documents.scanning import Scanner, ScannerUnavailableError
from dotmac_customers.privacy.viewer import Viewer
from dotmac_customers.profiles.service import CustomerService
from dotmac_identity import take_if_limited

_log = get_logger(__name__)


async def _stored_bytes(session: AsyncSession) -> int:
    return await DocumentRepository(session).stored_bytes()


STORAGE_LIMIT = Limit("storage_bytes", "Bytes of documents, all versions.", _stored_bytes)
"""How much a plan lets be kept; what was deleted counts until its files are destroyed."""
_CHUNK_BYTES = 256 * 1024
_CHANGEABLE = ("title", "number", "issued_on", "expires_on", "is_private", "is_shared")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: the name that people gave it, and its bytes."""

    name: str
    source: BinaryIO

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes from the beginning, piece by piece."""
        await asyncio.to_thread(self.source.seek, 0)
        while chunk := await asyncio.to_thread(self.source.read, _CHUNK_BYTES):
            yield chunk


class DocumentService:
    """Documents of one customer of the session's tenant, as `viewer` sees them."""

    def __init__(
        self,
        session: AsyncSession,
        customer_id: UUID,
        viewer: Viewer,
        *,
        store: FileStore,
        virus_scanner: Scanner | None,
    ) -> None:
        self._session = session
        self._customer_id = customer_id
        self._viewer = viewer
        self._store = store
        self._scanner = virus_scanner
        self._documents = DocumentRepository(session)

    @classmethod
    def within(cls, session: AsyncSession, customer_id: UUID, viewer: Viewer) -> DocumentService:
        """The service in the caller's transaction, with the store and scanner configured."""
        return cls(session, customer_id, viewer, store=file_store(), virus_scanner=scanner())

    async def upload(self, facts: DocumentFacts, upload: Upload) -> Document:
        """Take a new document in.

        Raises:
            CustomerNotFoundError, CustomerMergedError: there is no such customer any more.
            DocumentExpiredError, DocumentDatesError: its days cannot be.
            DocumentTypeError, FileTooLargeError, FileTypeMismatchError: the file is not accepted.
            DocumentInfectedError: the scanner found something.
            LimitReachedError: the plan lets less be kept.
        """
        await self._require_customer()
        now = clock_of(self._session).now()
        facts.require_sound(now.date())
        document = Document(
            id=new_id(),
            customer_id=self._customer_id,
            kind=facts.kind,
            title=facts.title,
            number=facts.number,
            issued_on=facts.issued_on,
            expires_on=facts.expires_on,
            announced_days=None,
            is_private=facts.is_private,
            is_shared=facts.is_shared,
            verification=Verification.PENDING,
            serial=1,
            version=1,
            created_by=current_actor().name,
            created_at=now,
            updated_at=now,
        )
        version = await self._taken_in(document, upload)
        self._documents.add(document)
        await self._session.flush()  # the version refers to it
        await self._announce_version("upload", document, version)
        return document

    async def upload_version(self, document_id: UUID, upload: Upload) -> Document:
        """Take a newer file of a document in; the former ones are kept.

        Raises:
            DocumentNotFoundError: there is none; and as `upload` does for the file.
        """
        document = await self._load(document_id, for_update=True)
        await self._require_customer()
        document.renew(clock_of(self._session).now())
        version = await self._taken_in(document, upload)
        await self._announce_version("upload_version", document, version)
        return document

    async def change(
        self, document_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> Document:
        """Change what is said about a document.

        Raises:
            DocumentNotFoundError: there is none.
            DocumentExpiredError, DocumentDatesError: its days cannot be.
        """
        document = await self._load(document_id, for_update=True)
        check(document.version)
        before = {name: getattr(document, name) for name in _CHANGEABLE}
        now = clock_of(self._session).now()
        facts = DocumentFacts(kind=document.kind, **{**before, **changes})
        facts.require_sound(now.date())
        for name in changes:
            setattr(document, name, getattr(facts, name))
        if "expires_on" in changes and document.verification is Verification.EXPIRED:
            document.verification = Verification.PENDING
        if "expires_on" in changes:
            document.announced_days = None
        document.changed(now)
        # The number of an identity card has no business in a log that is kept for ever.
        await self._record("change", document, changed=sorted(changes))
        return document

    async def verify(self, document_id: UUID, outcome: Verification, note: str | None) -> Document:
        """Say that somebody looked at a document, and what they found.

        Raises:
            DocumentNotFoundError: there is none.
            DocumentNotVerifiableError: it has expired.
        """
        document = await self._load(document_id, for_update=True)
        document.decide(outcome, current_actor().name, note, clock_of(self._session).now())
        fact = DocumentVerified if outcome is Verification.VERIFIED else DocumentRejected
        await self._publish(fact, document)
        await self._record("verify", document, verification=outcome)
        return document

    async def delete(self, document_id: UUID) -> None:
        """Let a document disappear; its files go after thirty days.

        Raises:
            DocumentNotFoundError: there is none.
        """
        document = await self._load(document_id, for_update=True)
        now = clock_of(self._session).now()
        document.deleted_at, document.deleted_by = now, current_actor().name
        document.changed(now)
        await self._publish(DocumentDeleted, document)
        await self._record("delete", document)

    async def by_id(self, document_id: UUID) -> Document:
        """The document.

        Raises:
            DocumentNotFoundError: the customer has none that the viewer may see.
        """
        return await self._load(document_id)

    async def file_of(self, document_id: UUID, serial: int | None) -> StoredFile:
        """The file of a document's version, the latest when `serial` is None, to be fetched.

        That it is fetched is noted.

        Raises:
            DocumentNotFoundError: there is none.
            DocumentNotScannedError: it has not proved clean.
        """
        document = await self._load(document_id)
        version = await self._documents.version(document.id, serial or document.serial)
        if version is None:
            raise DocumentNotFoundError(document_id)
        file_id = fetchable(version)
        await self._record("link", document, serial=version.serial)
        return await find_file(self._session, file_id)

    async def _require_customer(self) -> None:
        await CustomerService.within(self._session).present(self._customer_id)

    async def _taken_in(self, document: Document, upload: Upload) -> DocumentVersion:
        accepted = await accepted_by(self._session)
        media_type = await asyncio.to_thread(content_type, upload.source)
        accepted.require(media_type)
        stored = await store_file(
            self._session,
            self._store,
            upload.chunks(),
            name=upload.name,
            media_type=media_type,
            max_bytes=accepted.max_bytes,
        )
        state = await self._scanned(document.id, upload.chunks())
        await take_if_limited(self._session, STORAGE_LIMIT.name, stored.size)
        now = clock_of(self._session).now()
        return DocumentVersion(
            id=new_id(),
            document_id=document.id,
            serial=document.serial,
            file_id=stored.id,
            file_name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            scan=state,
            scanned_at=now if state is ScanState.CLEAN else None,
            uploaded_by=current_actor().name,
            uploaded_at=now,
        )

    async def _scanned(self, document_id: UUID, chunks: AsyncIterator[bytes]) -> ScanState:
        if self._scanner is None:
            return ScanState.SKIPPED
        try:
            verdict = await self._scanner.scan(chunks)
        except ScannerUnavailableError as error:
            _log.warning("virus scanner unreachable", document_id=str(document_id), **error.details)
            return ScanState.UNSCANNED
        if verdict.signature is not None:
            raise DocumentInfectedError(verdict.signature)
        return ScanState.CLEAN

    async def _announce_version(
        self, action: str, document: Document, version: DocumentVersion
    ) -> None:
        self._documents.add(version)
        await EventPublisher(self._session).publish(
            DocumentUploaded(**facts_of(document), serial=version.serial)
        )
        await self._record(
            action,
            document,
            serial=version.serial,
            media_type=version.media_type,
            size=version.size,
            sha256=version.sha256.hex(),
        )

    async def _load(self, document_id: UUID, *, for_update: bool = False) -> Document:
        document = await self._documents.by_id(
            self._customer_id, document_id, for_update=for_update
        )
        if document is None or not self._viewer.may_see(
            is_private=document.is_private, made_by=document.created_by
        ):
            raise DocumentNotFoundError(document_id)
        return document

    async def _publish(self, fact: type[Event], document: Document) -> None:
        await EventPublisher(self._session).publish(fact(**facts_of(document)))

    async def _record(self, action: str, document: Document, **after: object) -> None:
        await record(
            self._session,
            action=f"customers.document_{action}",
            target=("document", document.id),
            after={"customer_id": document.customer_id, "kind": document.kind, **after},
        )


def facts_of(document: Document) -> dict[str, Any]:
    """What every announcement about a document says."""
    return {
        "document_id": document.id,
        "customer_id": document.customer_id,
        "kind": document.kind.value,
    }


def fetchable(version: DocumentVersion) -> UUID:
    """The file of a version, if its bytes may be handed to somebody.

    Raises:
        DocumentNotScannedError: they have not proved clean.
    """
    if version.file_id is None or not version.scan.may_leave:
        raise DocumentNotScannedError(version.scan)
    return version.file_id


async def accepted_by(session: AsyncSession) -> Accepted:
    """What the tenant accepts: what it has set, else what it chose before there were settings."""
    former = await DocumentRepository(session).settings()
    before = Accepted()
    if former is not None:
        before = Accepted(former.max_bytes, tuple(former.media_types))
    return before.as_set((await stored_settings(session)).values)


async def choose_accepted(session: AsyncSession, chosen: Accepted) -> None:
    """Set what the tenant accepts from now on; what is there stays."""
    await change_settings(session, SETTINGS, chosen.changes(), check=lambda _: None)


async def fetched_file(
    session: AsyncSession, file_id: UUID
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """The bytes that a link leads to, if they may still be handed out.

    Raises:
        DocumentNotFoundError: the document was deleted meanwhile.
        DocumentNotScannedError: the scanner found something meanwhile.
    """
    version = await DocumentRepository(session).version_with_file(file_id)
    if version is None:
        raise DocumentNotFoundError(file_id)
    return await open_file(session, file_store(), fetchable(version))


async def scan_waiting(
    session: AsyncSession, virus_scanner: Scanner, *, limit: int, after: UUID | None
) -> UUID | None:
    """Look through files that came in while the scanner was away; where to go on, None at the end.

    Raises:
        ScannerUnavailableError: it still is.
    """
    waiting = await DocumentRepository(session).unscanned(limit, after=after)
    now = clock_of(session).now()
    for version, document in waiting:
        assert version.file_id is not None  # the query asks for those that have one
        _, chunks = await open_file(session, file_store(), version.file_id)
        verdict = await virus_scanner.scan(chunks)
        version.scanned_at = now
        version.scan = ScanState.CLEAN if verdict.is_clean else ScanState.INFECTED
        if not verdict.is_clean:
            version.signature, file_id = verdict.signature, version.file_id
            version.file_id = None
            await delete_file(session, file_id)
            fact = DocumentInfected(**facts_of(document), serial=version.serial)
            await EventPublisher(session).publish(fact)
            await record(
                session,
                action="customers.document_infected",
                target=("document", document.id),
                after={"serial": version.serial, "signature": verdict.signature},
            )
    return waiting[-1][0].id if len(waiting) == limit else None

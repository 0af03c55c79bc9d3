"""Every query about documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_customers.documents.kinds import DocumentKind, ScanState, Verification
from dotmac_customers.documents.models import Document, DocumentSettings, DocumentVersion
from dotmac_customers.privacy.viewer import Viewer

_EXPIRE = """
UPDATE customers.documents
SET verification = 'expired', version = version + 1, updated_at = $2
WHERE expires_on < $1 AND deleted_at IS NULL AND verification <> 'expired'
RETURNING id, customer_id, kind, expires_on
"""
# The widest announcement is the first of the list; `days` is the least that is reached.
_ANNOUNCE = """
WITH due AS (
  SELECT d.id, min(a.days) AS days FROM customers.documents d
  JOIN unnest($2::smallint[]) AS a(days) ON d.expires_on <= $1::date + a.days
  WHERE d.expires_on BETWEEN $1 AND $1::date + $3::integer AND d.deleted_at IS NULL
    AND d.verification <> 'expired'
  GROUP BY d.id
)
UPDATE customers.documents d SET announced_days = due.days FROM due
WHERE d.id = due.id AND (d.announced_days IS NULL OR d.announced_days > due.days)
RETURNING d.id, d.customer_id, d.kind, d.expires_on, due.days
"""


@dataclass(frozen=True, slots=True)
class WantedDocuments:
    """What a list is narrowed to; None stands for all."""

    kind: DocumentKind | None = None
    verification: Verification | None = None
    expiring_before: date | None = None
    is_shared: bool | None = None


class DocumentRepository:
    """Documents of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, *rows: Document | DocumentVersion) -> None:
        """Write them with the transaction."""
        self._session.add_all(rows)

    async def by_id(
        self, customer_id: UUID, document_id: UUID, *, for_update: bool = False
    ) -> Document | None:
        """The document, if the customer has it and it was not deleted."""
        query = sa.select(Document).where(
            Document.id == document_id,
            Document.customer_id == customer_id,
            Document.deleted_at.is_(None),
        )
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def page(
        self,
        customer_id: UUID,
        wanted: WantedDocuments,
        viewer: Viewer,
        *,
        offset: int,
        limit: int,
    ) -> tuple[Sequence[Document], int]:
        """Documents that the viewer may see, newest first, and how many there are in all."""
        conditions = [Document.customer_id == customer_id, Document.deleted_at.is_(None)]
        if not viewer.sees_private:
            conditions.append(sa.or_(~Document.is_private, Document.created_by == viewer.subject))
        if wanted.kind is not None:
            conditions.append(Document.kind == wanted.kind)
        if wanted.verification is not None:
            conditions.append(Document.verification == wanted.verification)
        if wanted.expiring_before is not None:
            conditions.append(Document.expires_on < wanted.expiring_before)
        if wanted.is_shared is not None:
            conditions.append(Document.is_shared == wanted.is_shared)
        total = await self._session.scalar(
            sa.select(sa.func.count()).select_from(Document).where(*conditions)
        )
        query = sa.select(Document).where(*conditions).order_by(Document.id.desc())
        rows = (await self._session.scalars(query.offset(offset).limit(limit))).all()
        return rows, total or 0

    async def versions_of(self, document_ids: Sequence[UUID]) -> Sequence[DocumentVersion]:
        """All versions of the documents, the latest of each first."""
        query = (
            sa.select(DocumentVersion)
            .where(DocumentVersion.document_id.in_(document_ids))
            .order_by(DocumentVersion.document_id, DocumentVersion.serial.desc())
        )
        return (await self._session.scalars(query)).all()

    async def latest_of(self, documents: Sequence[Document]) -> dict[UUID, DocumentVersion]:
        """The latest version of each document."""
        wanted = sa.tuple_(DocumentVersion.document_id, DocumentVersion.serial)
        query = sa.select(DocumentVersion).where(
            wanted.in_([(document.id, document.serial) for document in documents])
        )
        return {row.document_id: row for row in await self._session.scalars(query)}

    async def version(self, document_id: UUID, serial: int) -> DocumentVersion | None:
        """A version of a document."""
        return await self._session.scalar(
            sa.select(DocumentVersion).where(
                DocumentVersion.document_id == document_id, DocumentVersion.serial == serial
            )
        )

    async def version_with_file(self, file_id: UUID) -> DocumentVersion | None:
        """The version whose bytes these are, unless its document was deleted."""
        return await self._session.scalar(
            sa.select(DocumentVersion)
            .join(
                Document,
                sa.and_(
                    Document.tenant_id == DocumentVersion.tenant_id,
                    Document.id == DocumentVersion.document_id,
                ),
            )
            .where(DocumentVersion.file_id == file_id, Document.deleted_at.is_(None))
        )

    async def unscanned(
        self, limit: int, *, after: UUID | None
    ) -> Sequence[tuple[DocumentVersion, Document]]:
        """Versions that wait for the scanner, oldest first, with their documents."""
        query = (
            sa.select(DocumentVersion, Document)
            .join(
                Document,
                sa.and_(
                    Document.tenant_id == DocumentVersion.tenant_id,
                    Document.id == DocumentVersion.document_id,
                ),
            )
            .where(
                DocumentVersion.scan == ScanState.UNSCANNED, DocumentVersion.file_id.is_not(None)
            )
            .order_by(DocumentVersion.id)
            .limit(limit)
        )
        if after is not None:
            query = query.where(DocumentVersion.id > after)
        return [(version, document) for version, document in await self._session.execute(query)]

    async def expire(self, today: date, now: datetime) -> list[Any]:
        """Mark what expired before `today`; the documents, as rows."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_EXPIRE, today, now)

    async def announce(self, today: date, days: Sequence[int]) -> list[Any]:
        """Remember and give the announcements that are due today, as rows with their `days`."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_ANNOUNCE, today, list(days), max(days))

    async def deleted_before(self, instant: datetime, limit: int) -> Sequence[Document]:
        """Documents that were deleted before an instant."""
        query = sa.select(Document).where(Document.deleted_at < instant).limit(limit)
        return (await self._session.scalars(query)).all()

    async def of_customer(self, customer_id: UUID) -> Sequence[Document]:
        """All documents of a customer, deleted ones too."""
        query = sa.select(Document).where(Document.customer_id == customer_id)
        return (await self._session.scalars(query.order_by(Document.id))).all()

    async def remove(self, document_ids: Sequence[UUID]) -> list[UUID]:
        """Forget documents with their versions; the identifiers of their files."""
        gone = await self._session.scalars(
            sa.delete(DocumentVersion)
            .where(DocumentVersion.document_id.in_(document_ids))
            .returning(DocumentVersion.file_id)
        )
        files = [file_id for file_id in gone if file_id is not None]
        await self._session.execute(sa.delete(Document).where(Document.id.in_(document_ids)))
        return files

    async def stored_bytes(self, document_ids: Sequence[UUID] | None = None) -> int:
        """How much the files of these documents take up, or of all."""
        query = sa.select(sa.func.sum(DocumentVersion.size))
        query = query.where(DocumentVersion.file_id.is_not(None))
        if document_ids is not None:
            query = query.where(DocumentVersion.document_id.in_(document_ids))
        return int(await self._session.scalar(query) or 0)

    async def settings(self) -> DocumentSettings | None:
        """What the tenant chose before there were tenant settings; nobody writes it any more."""
        return await self._session.scalar(sa.select(DocumentSettings))

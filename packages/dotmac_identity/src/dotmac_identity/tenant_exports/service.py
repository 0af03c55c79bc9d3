"""Exporting all of a tenant's data: asked for, made by a job, fetched by a link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher, enqueue
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import Database, PooledConnection, clock_of, new_id, tenant_of
from dotmac_core_ops.files import FileStore, StoredFile, find_file, store_file
from dotmac_core_ops.http import dump_json
from dotmac_core_ops.principal import current_actor
from dotmac_core_ops.signed_link import link_signature
from dotmac_core_ops.tenant_data import (
    LEFT_OUT_TABLES,
    ExportedTable,
    exported_tables,
    files_but,
    table_lines,
    tenant_snapshot,
)
from dotmac_core_ops.tenants import tenant_slug
from dotmac_core_ops.zip_stream import ZipEntry, zipped
from dotmac_identity.tenant_exports.errors import (
    TenantExportNotFoundError,
    TenantExportNotReadyError,
)
from dotmac_identity.tenant_exports.events import TenantExported
from dotmac_identity.tenant_exports.models import ExportState, TenantExport
from dotmac_identity.tenant_exports.repository import TenantExportRepository

EXPORT_JOB = "identity.export_tenant"
LINK = "tenant_export"
LINK_MINUTES = 5

_LARGEST_BYTES = 2**40


@dataclass(frozen=True)
class ExportLink:
    """What fetches an export until `expires_at`."""

    signature: str
    expires_at: datetime


class TenantExportService:
    """Exports of the session's tenant."""

    def __init__(self, session: AsyncSession, exports: TenantExportRepository) -> None:
        self._session = session
        self._exports = exports

    @classmethod
    def within(cls, session: AsyncSession) -> TenantExportService:
        """The service in the caller's transaction."""
        return cls(session, TenantExportRepository(session))

    async def request(self) -> TenantExport:
        """Have everything exported by a job."""
        export = TenantExport(
            id=new_id(),
            state=ExportState.QUEUED,
            requested_by=current_actor().name,
            requested_at=clock_of(self._session).now(),
        )
        self._exports.add(export)
        await enqueue(self._session, EXPORT_JOB, {"export_id": str(export.id)}, key=str(export.id))
        await self._record("request", export)
        return export

    async def page(self, *, offset: int, limit: int) -> tuple[Sequence[TenantExport], int]:
        """The tenant's exports, newest first, and how many there are in all."""
        return await self._exports.exports(offset=offset, limit=limit)

    async def by_id(self, export_id: UUID, *, for_update: bool = False) -> TenantExport:
        """The export.

        Raises:
            TenantExportNotFoundError: there is none.
        """
        export = await self._exports.export(export_id, for_update=for_update)
        if export is None:
            raise TenantExportNotFoundError(export_id)
        return export

    async def link(self, export_id: UUID, key: str) -> ExportLink:
        """A link that fetches the export for five minutes.

        Raises:
            TenantExportNotReadyError: it is not done.
        """
        export = await self.by_id(export_id)
        if export.state is not ExportState.DONE:
            raise TenantExportNotReadyError(export.state.value)
        expires_at = clock_of(self._session).now() + timedelta(minutes=LINK_MINUTES)
        expires_at = expires_at.replace(microsecond=0)
        await self._record("link", export)
        signature = link_signature(key, LINK, tenant_of(self._session), export.id, expires_at)
        return ExportLink(signature, expires_at)

    async def file_of(self, export_id: UUID) -> StoredFile:
        """The file of an export that is done.

        Raises:
            TenantExportNotReadyError: it is not.
        """
        export = await self.by_id(export_id)
        if export.file_id is None:
            raise TenantExportNotReadyError(export.state.value)
        return await find_file(self._session, export.file_id)

    async def finish(self, export_id: UUID, stored: StoredFile, rows: int) -> None:
        """Note that the export lies ready."""
        export = await self.by_id(export_id, for_update=True)
        export.state, export.finished_at = ExportState.DONE, clock_of(self._session).now()
        export.file_id, export.size, export.rows = stored.id, stored.size, rows
        await EventPublisher(self._session).publish(
            TenantExported(export_id=export.id, size=stored.size)
        )
        await self._record("finish", export)

    async def fail(self, export_id: UUID, problem: str) -> None:
        """Note that the export could not be made."""
        export = await self.by_id(export_id, for_update=True)
        export.state, export.finished_at = ExportState.FAILED, clock_of(self._session).now()
        export.problem = problem

    async def _record(self, action: str, export: TenantExport) -> None:
        await record(
            self._session,
            action=f"identity.tenant_export_{action}",
            target=("tenant_export", export.id),
        )


async def make_export(
    database: Database, store: FileStore, tenant_id: UUID, export_id: UUID
) -> None:
    """Write the archive of everything the tenant has at this moment, and note that it is there.

    Nothing is held whole in memory: rows are read, compressed and stored as a stream.
    """
    async with database.transaction(tenant_id) as session:
        service = TenantExportService.within(session)
        export = await service.by_id(export_id, for_update=True)
        if export.state is ExportState.DONE:
            return
        slug, own = await tenant_slug(session), await TenantExportRepository(session).file_ids()
        now = clock_of(session).now()
        async with tenant_snapshot(database, tenant_id) as connection:
            archive = _Archive(connection, store, tenant_id, own)
            stored = await store_file(
                session,
                store,
                zipped(archive.entries(slug, now), at=now),
                name=f"{slug}-{now:%Y-%m-%d}.zip",
                media_type="application/zip",
                max_bytes=_LARGEST_BYTES,
            )
        await service.finish(export_id, stored, archive.row_count)


class _Archive:
    """The entries of an export: a file for each table, the tenant's files, a manifest."""

    def __init__(
        self,
        connection: PooledConnection,
        store: FileStore,
        tenant_id: UUID,
        exports: Sequence[UUID],
    ) -> None:
        self._connection = connection
        self._store = store
        self._tenant_id = tenant_id
        self._exports = list(exports)
        self._tables: dict[str, ExportedTable] = {}

    @property
    def row_count(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self._tables.values())

    async def entries(self, slug: str, now: datetime) -> AsyncIterator[ZipEntry]:
        """Each entry, once the one before has been read."""
        for table in exported_tables():
            exported = self._tables[table.fullname] = ExportedTable()
            lines = table_lines(self._connection, table, exported)
            yield ZipEntry(f"tables/{table.fullname}.ndjson", lines)
        files = await files_but(self._connection, self._exports)
        missing = []
        for file in files:
            if not await self._store.exists(self._tenant_id, file.id):
                missing.append(str(file.id))  # it must not keep the tenant from leaving
                continue
            chunks = self._store.open(self._tenant_id, file.id, sha256=file.sha256)
            yield ZipEntry(f"files/{file.id}/{file.name}", chunks)
        manifest = {
            "tenant_id": str(self._tenant_id),
            "slug": slug,
            "exported_at": now,
            "tables": {name: asdict(table) for name, table in self._tables.items()},
            "tables_left_out": sorted(LEFT_OUT_TABLES),
            "files": len(files),
            "files_missing": missing,
        }
        yield ZipEntry("manifest.json", _once(dump_json(manifest, indent=True)))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content

"""HTTP verbs of imports."""

from __future__ import annotations

import io
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Query, UploadFile
from fastapi.responses import Response, StreamingResponse

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_core_ops.spreadsheet import csv_text
from dotmac_customers.imports.models import CustomerImport
from dotmac_customers.imports.repository import ImportRepository
from dotmac_customers.imports.schemas import (
    CustomerImportOut,
    ImportFieldOut,
    ImportMappingIn,
    ImportPreviewOut,
    ImportUndoIn,
)
from dotmac_customers.imports.service import ImportService, refused_rows
from dotmac_customers.imports.template import fields_with_examples, template_rows
from dotmac_customers.imports.undoing.service import begin_undo
from dotmac_customers.workbook import MEDIA_TYPE, FileFormat, Workbook

router = APIRouter(prefix="/customers/imports", tags=["Imports of customers"])

Importer = Annotated[Principal, Depends(requires("customers:import"))]
_File = Annotated[
    UploadFile, File(description="CSV (UTF-8, UTF-16 or Windows-1252; `,` `;` tab `|`) or XLSX.")
]
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.post(
    "",
    response_model=Envelope[CustomerImportOut],
    status_code=201,
    summary="Upload customers",
)
async def upload_customer_import(tx: Tx, file: _File, _: Importer) -> dict[str, Any]:
    """Take in a file, as `multipart/form-data`, and guess what its columns are. Nothing else yet.

    Up to 200,000 rows. The first row names the columns; of a workbook, the first sheet counts.
    """
    made = await ImportService(tx).upload(file.filename or "", file.file)
    return enveloped(_shown(made))


@router.get("", response_model=Listing[CustomerImportOut], summary="List imports")
async def list_customer_imports(
    tx: Tx, _: Importer, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """Imports, newest first."""
    found, total = await ImportRepository(tx).page(offset=page.offset, limit=page.per_page)
    return listing([_shown(one) for one in found], page, total)


@router.get(
    "/fields", response_model=Envelope[list[ImportFieldOut]], summary="List importable fields"
)
async def list_import_fields(tx: Tx, _: Importer) -> dict[str, Any]:
    """What a column can bring, the tenant's own fields as `custom.key`."""
    return enveloped(fields_with_examples(await ImportService(tx).own_fields()))


@router.get(
    "/template",
    summary="Fetch a template",
    response_class=Response,
    responses=_TABLE,
)
async def fetch_import_template(
    tx: Tx, _: Importer, form: Annotated[FileFormat, Query(alias="format")] = FileFormat.CSV
) -> Response:
    """A file with all columns, the tenant's own fields among them, and a row as an example."""
    rows = template_rows(await ImportService(tx).own_fields())
    name = {"content-disposition": f'attachment; filename="customers.{form.value}"'}
    if form is FileFormat.CSV:
        return Response(csv_text(rows), media_type="text/csv; charset=utf-8", headers=name)
    book, content = Workbook("Customers"), io.BytesIO()
    book.add(rows)
    book.save(content)
    return Response(content.getvalue(), media_type=MEDIA_TYPE, headers=name)


@router.get("/{import_id}", response_model=Envelope[CustomerImportOut], summary="Read an import")
async def read_customer_import(import_id: UUID, tx: Tx, _: Importer) -> dict[str, Any]:
    """How far an import is: `done` of `rows`."""
    return enveloped(_shown(await ImportService(tx).by_id(import_id)))


@router.put(
    "/{import_id}/mapping",
    response_model=Envelope[CustomerImportOut],
    summary="Choose the mapping of an import",
)
async def map_customer_import(
    import_id: UUID, body: ImportMappingIn, tx: Tx, _: Importer
) -> dict[str, Any]:
    """Say which column is what; what would come of each row is then looked at.

    The import is `checking` and, when all rows were looked at, `checked`: see the preview, and
    start it or choose another mapping.
    """
    return enveloped(_shown(await ImportService(tx).check(import_id, body.mapping, body.mode)))


@router.get(
    "/{import_id}/preview",
    response_model=Envelope[ImportPreviewOut],
    summary="Preview an import",
)
async def preview_customer_import(
    import_id: UUID, tx: Tx, _: Importer, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """How many customers would be made and changed, and a page of what is wrong with which cell.

    While the import is checked it tells of the rows up to now. From the start on, of what was
    really done.
    """
    about = await ImportService(tx).by_id(import_id)
    repository = ImportRepository(tx)
    counted = await repository.counted_problems(import_id)
    problems = await repository.problems(import_id, offset=page.offset, limit=page.per_page)
    preview = {
        "state": about.state,
        "rows": about.rows,
        "done": about.done,
        "counts": about,
        "by_kind": [dict(one) for one in counted],
        "problems": [dict(one) for one in problems],
    }
    total = sum(one["count"] for one in counted)
    return {**listing([], page, total), "data": preview}


@router.post(
    "/{import_id}/start",
    response_model=Envelope[CustomerImportOut],
    status_code=202,
    summary="Start an import",
)
async def start_customer_import(import_id: UUID, tx: Tx, _: Importer) -> dict[str, Any]:
    """Have the rows taken in. Those that cannot be are left out, each with its reason."""
    return enveloped(_shown(await ImportService(tx).start(import_id)))


@router.get(
    "/{import_id}/errors.csv",
    summary="Fetch refused rows",
    response_class=StreamingResponse,
    responses=_TABLE,
)
async def fetch_refused_rows(
    import_id: UUID, tx: Tx, database: Db, principal: Importer
) -> StreamingResponse:
    """The rows that are not taken, as CSV, with what is wrong in a column of its own.

    Mend them, and upload the file as it is: that column is left alone.
    """
    service = ImportService(tx)
    about = await service.by_id(import_id)
    rows = refused_rows(database, principal.tenant_id, about, await service.file_of(about))
    return StreamingResponse(
        rows,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="refused-customers.csv"'},
    )


@router.post(
    "/{import_id}/undo",
    response_model=Envelope[CustomerImportOut],
    status_code=202,
    summary="Take an import back",
)
async def undo_customer_import(
    import_id: UUID, tx: Tx, _: Importer, body: ImportUndoIn | None = None
) -> dict[str, Any]:
    """Remove the customers whom the file made, and let those whom it changed be what they were.

    Refused while some of them were changed or used since, unless those are to be left. Possible for
    thirty days.
    """
    leave_changed = body is not None and body.leave_changed
    return enveloped(_shown(await begin_undo(tx, import_id, leave_changed=leave_changed)))


def _shown(about: CustomerImport) -> dict[str, Any]:
    fields = {
        name: getattr(about, name) for name in CustomerImportOut.model_fields if name not in _MADE
    }
    return {**fields, "columns": about.header, "counts": about}


_MADE = frozenset({"columns", "counts"})

"""HTTP verbs that read customers."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, StringConstraints

from dotmac_core_ops.database import Database, Db, get_database
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    etag_of,
    raw_json,
    shortcut,
    sort_order,
)
from dotmac_core_ops.principal import Principal, principal_of, requires
from dotmac_customers.directory import repository
from dotmac_customers.directory.filters import SORTS, Wanted
from dotmac_customers.directory.plain_query import plain_id, plain_query
from dotmac_customers.directory.service import (
    csv_chunks,
    exported,
    searchable_values,
    workbook_chunks,
)
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.profile import CustomerKind, Level
from dotmac_customers.profiles.repository import document_of
from dotmac_customers.profiles.schemas import CustomerOut, CustomerSummaryOut
from dotmac_customers.profiles.states import CustomerState
from dotmac_customers.scoping.part import Part
from dotmac_customers.scoping.repository import is_within
from dotmac_customers.scoping.service import part_of
from dotmac_customers.segments.service import SegmentService
from dotmac_customers.workbook import MEDIA_TYPE, FileFormat

router = APIRouter(prefix="/customers", tags=["Customers"])

READ = "customers:read"
Reader = Annotated[Principal, Depends(requires(READ, scoped=True))]
Exporter = Annotated[Principal, Depends(requires("customers:export"))]

FieldValue = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]*:.+$", max_length=300)]


async def wanted(  # long: every filter of a list is a parameter
    principal: Annotated[Principal, Depends(principal_of)],
    database: Db,
    *,
    state: Annotated[CustomerState | None, Query()] = None,
    kind: Annotated[CustomerKind | None, Query()] = None,
    tag: Annotated[str | None, Query(max_length=63, description="Has this tag.")] = None,
    created_after: Annotated[AwareDatetime | None, Query(description="At or after.")] = None,
    created_before: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Beginnings of words of the name, of the e-mail address or the number.",
            examples=["ann ber"],
        ),
    ] = None,
    level: Annotated[Level | None, Query()] = None,
    parent_id: Annotated[UUID | None, Query(description="Stands right below it.")] = None,
    assignee_id: Annotated[UUID | None, Query(description="This user looks after it.")] = None,
    segment_id: Annotated[UUID | None, Query(description="Belongs to it now.")] = None,
    custom_field: Annotated[
        list[FieldValue],
        Query(
            max_length=8,
            description="`key:value` of a searchable custom field; several must all hold.",
            examples=[["plan:gold"]],
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
    sort: Annotated[
        str | None,
        Query(
            max_length=20,
            description="created_at, name or number; `-` for descending. Newest first without it, "
            "by name when something is searched.",
        ),
    ] = None,
) -> Wanted:
    """The filters of the request.

    Raises:
        SegmentNotFoundError: there is no such segment.
        FieldNotSearchableError: customers are not found by this custom field.
    """
    field, descending = sort_order(sort or ("name" if q else "-created_at"), SORTS)
    segment = Target()
    field_values: tuple[tuple[str, str], ...] = ()
    if segment_id is not None or custom_field:
        # What tenants have named themselves has to be looked up; the other filters have not.
        async with database.transaction(principal.tenant_id) as session:
            field_values = await searchable_values(session, custom_field)
            if segment_id is not None:
                segment = await SegmentService.within(session).target(segment_id)
    return Wanted(
        level=level,
        parent_id=parent_id,
        assignee_id=assignee_id,
        list_id=segment.list_id,
        expression=segment.expression,
        field_values=field_values,
        state=state,
        kind=kind,
        tag=tag,
        created_after=created_after,
        created_before=created_before,
        q=q,
        sort=field,
        descending=descending,
    )


async def _list_plainly(request: Request) -> Response | None:
    plain = plain_query(request.scope["query_string"])
    if plain is None:
        return None
    principal = await principal_of(request)
    return await _listed(get_database(request), principal, *plain)


@router.get("", response_model=Listing[CustomerSummaryOut], summary="List customers")
@shortcut(_list_plainly)
async def list_customers(
    principal: Reader,
    database: Db,
    page: Annotated[PageParams, Depends()],
    wanted: Annotated[Wanted, Depends(wanted)],
) -> Response:
    """A page of the customers that match all filters.

    A search that finds nobody is repeated with similar spellings where the database can do that.
    """
    return await _listed(database, principal, wanted, page)


@router.get(
    "/export",
    summary="Export customers",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_customers(
    principal: Exporter,
    database: Db,
    wanted: Annotated[Wanted, Depends(wanted)],
    form: Annotated[FileFormat, Query(alias="format")] = FileFormat.CSV,
) -> StreamingResponse:
    """All customers that match the filters, as CSV in UTF-8 or as XLSX, with a header line.

    Cells of CSV that a spreadsheet would take for a formula begin with an apostrophe; those of XLSX
    are texts. An import understands the file as it is.
    """
    rows = exported(database, principal.tenant_id, wanted)
    is_csv = form is FileFormat.CSV
    return StreamingResponse(
        csv_chunks(rows) if is_csv else workbook_chunks(rows),
        media_type="text/csv; charset=utf-8" if is_csv else MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="customers.{form.value}"'},
    )


async def _read_plainly(request: Request) -> Response | None:
    customer_id = plain_id(request.path_params["customer_id"])
    if customer_id is None:
        return None
    principal = await principal_of(request)
    return await _read(get_database(request), principal, customer_id)


@router.get("/{customer_id}", response_model=Envelope[CustomerOut], summary="Read a customer")
@shortcut(_read_plainly)
async def read_customer(customer_id: UUID, principal: Reader, database: Db) -> Response:
    """All that is known of a customer; the `ETag` is needed to change it."""
    return await _read(database, principal, customer_id)


async def _part(database: Database, principal: Principal) -> Part | None:
    if principal.allows(READ):
        return None  # nearly everybody: nothing is looked up for them
    async with database.transaction(principal.tenant_id) as session:
        return await part_of(session, principal, READ)


async def _listed(
    database: Database, principal: Principal, wanted: Wanted, page: PageParams
) -> Response:
    wanted = replace(wanted, within=await _part(database, principal))
    async with database.read(principal.tenant_id) as connection:
        found = await repository.page(connection, wanted, offset=page.offset, limit=page.per_page)
    return raw_json(
        f'{{"data":{found.documents},"meta":{{"pagination":{{"page":{page.page},'
        f'"per_page":{page.per_page},"total":{found.total}}}}}}}'.encode()
    )


async def _read(database: Database, principal: Principal, customer_id: UUID) -> Response:
    part = await _part(database, principal)
    async with database.read(principal.tenant_id) as connection:
        found = await document_of(connection, customer_id)
        is_there = found is not None and await is_within(connection, customer_id, part)
    if found is None or not is_there:
        raise CustomerNotFoundError(customer_id)
    document, version = found
    return raw_json(f'{{"data":{document},"meta":{{}}}}'.encode(), etag=etag_of(version))

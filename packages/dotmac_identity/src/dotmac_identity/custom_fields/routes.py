"""HTTP verbs of custom fields."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.custom_fields.schemas import (
    CustomFieldChangeIn,
    CustomFieldIn,
    CustomFieldOut,
    FieldEntityOut,
    FieldOrderIn,
)
from dotmac_identity.custom_fields.service import CustomFieldService, Entities, field_entities

router = APIRouter(prefix="/custom-fields", tags=["Custom fields"])

Reader = Annotated[Principal, Depends(requires("custom_fields:read"))]
Writer = Annotated[Principal, Depends(requires("custom_fields:write"))]


def known_entities(request: Request) -> Entities:
    """What may have custom fields in the application that serves `request`."""
    return field_entities(request.app.state.modules)


Known = Annotated[Entities, Depends(known_entities)]


@router.get("", response_model=Envelope[list[CustomFieldOut]], summary="List custom fields")
async def list_custom_fields(
    tx: Tx,
    _: Reader,
    entities: Known,
    entity: Annotated[str | None, Query(max_length=63, description="Only those of it.")] = None,
    archived: Annotated[bool, Query(description="The archived ones too.")] = False,
) -> dict[str, object]:
    """The fields that the tenant has added, by entity and position; at most a few hundred."""
    fields = CustomFieldService.within(tx, entities)
    return enveloped(await fields.all(entity, archived=archived))


@router.get(
    "/entities", response_model=Envelope[list[FieldEntityOut]], summary="List extendable entities"
)
async def list_entities(_: Reader, entities: Known) -> dict[str, object]:
    """What fields can be added to, as the installed modules say."""
    return enveloped([entities[name] for name in sorted(entities)])


@router.post(
    "", response_model=Envelope[CustomFieldOut], status_code=201, summary="Define a custom field"
)
async def define_custom_field(
    body: CustomFieldIn, tx: Tx, _: Writer, entities: Known
) -> dict[str, object]:
    """Add a field to a kind of thing. Entity and key are for good."""
    fields = CustomFieldService.within(tx, entities)
    return enveloped(await fields.define(body.entity, body.field()))


@router.put(
    "/order", response_model=Envelope[list[CustomFieldOut]], summary="Order the custom fields"
)
async def order_custom_fields(
    body: FieldOrderIn, tx: Tx, _: Writer, entities: Known
) -> dict[str, object]:
    """Put the fields of an entity into another order."""
    fields = CustomFieldService.within(tx, entities)
    return enveloped(await fields.order(body.entity, body.field_ids))


@router.get("/{field_id}", response_model=Envelope[CustomFieldOut], summary="Read a custom field")
async def read_custom_field(
    field_id: UUID, tx: Tx, response: Response, _: Reader, entities: Known
) -> dict[str, object]:
    """One field; the `ETag` is needed to change it."""
    field = await CustomFieldService.within(tx, entities).by_id(field_id)
    response.headers["etag"] = etag_of(field.version)
    return enveloped(field)


@router.patch(
    "/{field_id}", response_model=Envelope[CustomFieldOut], summary="Change a custom field"
)
async def change_custom_field(
    field_id: UUID,
    *,
    body: CustomFieldChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
    entities: Known,
) -> dict[str, object]:
    """Change what is given; needs `If-Match`. The type stays while there are values."""
    field = await CustomFieldService.within(tx, entities).change(
        field_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(field.version)
    return enveloped(field)


@router.post(
    "/{field_id}/archive",
    response_model=Envelope[CustomFieldOut],
    summary="Archive a custom field",
)
async def archive_custom_field(
    field_id: UUID, tx: Tx, _: Writer, entities: Known
) -> dict[str, object]:
    """Ask for the field no more. Its values stay, and it can be restored."""
    return enveloped(await CustomFieldService.within(tx, entities).archive(field_id))


@router.post(
    "/{field_id}/restore",
    response_model=Envelope[CustomFieldOut],
    summary="Restore a custom field",
)
async def restore_custom_field(
    field_id: UUID, tx: Tx, _: Writer, entities: Known
) -> dict[str, object]:
    """Ask for an archived field again."""
    return enveloped(await CustomFieldService.within(tx, entities).restore(field_id))

"""HTTP verbs of contact methods."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal
from dotmac_customers.contact_methods.service import ContactMethodService, Way
from dotmac_customers.contacts.people import MethodKind
from dotmac_customers.contacts.schemas import (
    ContactMethodChangeIn,
    ContactMethodIn,
    ContactMethodOut,
)
from dotmac_customers.part_access import CustomerRequirement

router = APIRouter(prefix="/customers/{customer_id}/contact-methods", tags=["Contacts"])

Reader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("customers:write"))]
One = Envelope[ContactMethodOut]


@router.get("", response_model=Envelope[list[ContactMethodOut]], summary="List contact methods")
async def list_contact_methods(
    customer_id: UUID, tx: Tx, _: Reader, kind: Annotated[MethodKind | None, Query()] = None
) -> dict[str, Any]:
    """All ways to reach a customer and its contacts, by kind, the primary ones first."""
    ways = await ContactMethodService(tx).of(customer_id, kind)
    return enveloped([ContactMethodOut.of(way.method, way.country) for way in ways])


@router.post("", response_model=One, status_code=201, summary="Add a contact method")
async def add_contact_method(
    customer_id: UUID, body: ContactMethodIn, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Keep a way to reach the customer, or one of its contacts.

    A number without a country code is one of the customer's country.
    """
    way = await ContactMethodService(tx).add(customer_id, body.method(), body.contact_id)
    return _shown(way, response)


@router.get("/{method_id}", response_model=One, summary="Read a contact method")
async def read_contact_method(
    customer_id: UUID, method_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One contact method; the `ETag` is needed to change it."""
    return _shown(await ContactMethodService(tx).by_id(customer_id, method_id), response)


@router.patch("/{method_id}", response_model=One, summary="Change a contact method")
async def change_contact_method(
    customer_id: UUID,
    method_id: UUID,
    body: ContactMethodChangeIn,
    tx: Tx,
    *,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`. Another value has to be verified anew."""
    changed = await ContactMethodService(tx).change(
        customer_id, method_id, body.changes(), check=partial(require_match, request)
    )
    return _shown(changed, response)


@router.delete("/{method_id}", status_code=204, summary="Remove a contact method")
async def remove_contact_method(customer_id: UUID, method_id: UUID, tx: Tx, _: Writer) -> Response:
    """Forget it; the oldest other one of its kind becomes primary if it was."""
    await ContactMethodService(tx).remove(customer_id, method_id)
    return Response(status_code=204)


@router.post("/{method_id}/primary", response_model=One, summary="Make a contact method primary")
async def make_contact_method_primary(
    customer_id: UUID, method_id: UUID, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Let it be the primary one of its kind instead of the present one."""
    return _shown(await ContactMethodService(tx).make_primary(customer_id, method_id), response)


def _shown(way: Way, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(way.method.version)
    return enveloped(ContactMethodOut.of(way.method, way.country))

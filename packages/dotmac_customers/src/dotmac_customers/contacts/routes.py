"""HTTP verbs of contacts."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal
from dotmac_customers.contacts.people import ContactRole
from dotmac_customers.contacts.schemas import ContactChangeIn, ContactIn, ContactOut
from dotmac_customers.contacts.service import ContactService, Reachable
from dotmac_customers.part_access import CustomerRequirement

router = APIRouter(prefix="/customers/{customer_id}/contacts", tags=["Contacts"])

Reader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("customers:write"))]
One = Envelope[ContactOut]


@router.get("", response_model=Envelope[list[ContactOut]], summary="List contacts")
async def list_contacts(
    customer_id: UUID,
    tx: Tx,
    _: Reader,
    *,
    role: Annotated[ContactRole | None, Query()] = None,
    active_only: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """A customer's contacts, oldest first, each with the ways to reach them."""
    found = await ContactService(tx).of(customer_id, role=role, active_only=active_only)
    return enveloped([ContactOut.of(each) for each in found])


@router.post("", response_model=One, status_code=201, summary="Add a contact")
async def add_contact(
    customer_id: UUID, body: ContactIn, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Keep a person with the ways to reach them; the customer is found by these."""
    return _shown(await ContactService(tx).add(customer_id, body.contact()), response)


@router.get("/{contact_id}", response_model=One, summary="Read a contact")
async def read_contact(
    customer_id: UUID, contact_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One contact; the `ETag` is needed to change it."""
    return _shown(await ContactService(tx).by_id(customer_id, contact_id), response)


@router.patch("/{contact_id}", response_model=One, summary="Change a contact")
async def change_contact(
    customer_id: UUID,
    contact_id: UUID,
    body: ContactChangeIn,
    tx: Tx,
    *,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`. How to reach them has routes of its own."""
    changed = await ContactService(tx).change(
        customer_id, contact_id, body.changes(), check=partial(require_match, request)
    )
    return _shown(changed, response)


@router.delete("/{contact_id}", status_code=204, summary="Remove a contact")
async def remove_contact(customer_id: UUID, contact_id: UUID, tx: Tx, _: Writer) -> Response:
    """Forget a person, and how they were reached."""
    await ContactService(tx).remove(customer_id, contact_id)
    return Response(status_code=204)


def _shown(found: Reachable, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(found.contact.version)
    return enveloped(ContactOut.of(found))

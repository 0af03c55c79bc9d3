"""HTTP verbs of addresses."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.addresses.kinds import AddressKind
from dotmac_customers.addresses.postal_rules import address_form
from dotmac_customers.addresses.schemas import (
    AddressFormOut,
    CustomerAddressChangeIn,
    CustomerAddressIn,
    CustomerAddressOut,
)
from dotmac_customers.addresses.service import AddressService
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.models import Address

router = APIRouter(prefix="/customers/{customer_id}/addresses", tags=["Addresses"])
forms_router = APIRouter(prefix="/address-forms", tags=["Addresses"])

Reader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]
Writer = Annotated[Principal, Depends(CustomerRequirement("customers:write"))]
# What a country's addresses look like is about no customer.
FormReader = Annotated[Principal, Depends(requires("customers:read", scoped=True))]
One = Envelope[CustomerAddressOut]


@router.get("", response_model=Envelope[list[CustomerAddressOut]], summary="List addresses")
async def list_addresses(
    customer_id: UUID, tx: Tx, _: Reader, kind: Annotated[AddressKind | None, Query()] = None
) -> dict[str, Any]:
    """A customer's addresses by kind, the primary one of each first."""
    addresses = await AddressService(tx).of(customer_id, kind)
    return enveloped([CustomerAddressOut.of(address) for address in addresses])


@router.post("", response_model=One, status_code=201, summary="Add an address")
async def add_address(
    customer_id: UUID, body: CustomerAddressIn, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Keep an address, checked by the rules of its country.

    The primary mailing address is the one of the profile.
    """
    return _shown(await AddressService(tx).add(customer_id, body.address()), response)


@router.get("/{address_id}", response_model=One, summary="Read an address")
async def read_address(
    customer_id: UUID, address_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """One address; the `ETag` is needed to change it."""
    return _shown(await AddressService(tx).by_id(customer_id, address_id), response)


@router.patch("/{address_id}", response_model=One, summary="Change an address")
async def change_address(
    customer_id: UUID,
    address_id: UUID,
    body: CustomerAddressChangeIn,
    tx: Tx,
    *,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`. Another place has to be verified anew."""
    changed = await AddressService(tx).change(
        customer_id, address_id, body.changes(), check=partial(require_match, request)
    )
    return _shown(changed, response)


@router.delete("/{address_id}", status_code=204, summary="Remove an address")
async def remove_address(customer_id: UUID, address_id: UUID, tx: Tx, _: Writer) -> Response:
    """Forget an address; the oldest other one of its kind becomes primary if it was."""
    await AddressService(tx).remove(customer_id, address_id)
    return Response(status_code=204)


@router.post("/{address_id}/primary", response_model=One, summary="Make an address primary")
async def make_address_primary(
    customer_id: UUID, address_id: UUID, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Let it be the primary one of its kind instead of the present one."""
    return _shown(await AddressService(tx).make_primary(customer_id, address_id), response)


@router.post("/{address_id}/verify", response_model=One, summary="Verify an address")
async def verify_address(
    customer_id: UUID, address_id: UUID, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Note that somebody made sure that it is right; a change of place takes that back."""
    return _shown(await AddressService(tx).verify(customer_id, address_id), response)


@forms_router.get(
    "/{country}", response_model=Envelope[AddressFormOut], summary="Read a country's address form"
)
async def read_address_form(
    country: Annotated[str, Path(min_length=2, max_length=2, examples=["SE"])],
    _: FormReader,
) -> dict[str, Any]:
    """What an address of the country needs, how things are called there, and its regions."""
    return enveloped(AddressFormOut.of(address_form(country)))


def _shown(address: Address, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(address.version)
    return enveloped(CustomerAddressOut.of(address))

"""HTTP verbs of a customer's own addresses."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, customer_of, requires
from dotmac_customers.addresses.kinds import AddressKind
from dotmac_customers.addresses.schemas import (
    CustomerAddressOut,
    OwnAddressChangeIn,
    OwnAddressIn,
)
from dotmac_customers.addresses.service import AddressService
from dotmac_customers.portal.service import changing_customer
from dotmac_customers.profiles.models import Address

router = APIRouter(prefix="/portal/me/addresses", tags=["Portal"])

Customer = Annotated[Principal, Depends(requires("portal:profile"))]
One = Envelope[CustomerAddressOut]


@router.get("", response_model=Envelope[list[CustomerAddressOut]], summary="List my addresses")
async def list_own_addresses(
    tx: Tx, principal: Customer, kind: Annotated[AddressKind | None, Query()] = None
) -> dict[str, Any]:
    """One's addresses by kind, the primary one of each first."""
    addresses = await AddressService(tx).of(customer_of(principal), kind)
    return enveloped([CustomerAddressOut.of(address) for address in addresses])


@router.post("", response_model=One, status_code=201, summary="Add an address of mine")
async def add_own_address(
    body: OwnAddressIn, tx: Tx, response: Response, principal: Customer
) -> dict[str, Any]:
    """Have an address kept, checked by the rules of its country."""
    customer_id = await changing_customer(tx, principal)
    return _shown(await AddressService(tx).add(customer_id, body.address()), response)


@router.get("/{address_id}", response_model=One, summary="Read an address of mine")
async def read_own_address(
    address_id: UUID, tx: Tx, response: Response, principal: Customer
) -> dict[str, Any]:
    """One address; the `ETag` is needed to change it."""
    return _shown(await AddressService(tx).by_id(customer_of(principal), address_id), response)


@router.patch("/{address_id}", response_model=One, summary="Change an address of mine")
async def change_own_address(
    address_id: UUID,
    body: OwnAddressChangeIn,
    tx: Tx,
    *,
    request: Request,
    response: Response,
    principal: Customer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`. Another place has to be verified anew."""
    changed = await AddressService(tx).change(
        await changing_customer(tx, principal),
        address_id,
        body.changes(),
        check=partial(require_match, request),
    )
    return _shown(changed, response)


@router.post("/{address_id}/primary", response_model=One, summary="Make my address primary")
async def make_own_address_primary(
    address_id: UUID, tx: Tx, response: Response, principal: Customer
) -> dict[str, Any]:
    """Let it be the primary one of its kind instead of the present one."""
    customer_id = await changing_customer(tx, principal)
    return _shown(await AddressService(tx).make_primary(customer_id, address_id), response)


def _shown(address: Address, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(address.version)
    return enveloped(CustomerAddressOut.of(address))

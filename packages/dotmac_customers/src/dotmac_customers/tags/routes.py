"""HTTP verbs of tags."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.filters.target import Target
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.tags.repository import TagRepository
from dotmac_customers.tags.schemas import (
    CustomerTagsOut,
    TagChangeIn,
    TagIn,
    TagOut,
    TagWithCountOut,
)
from dotmac_customers.tags.service import TagService

router = APIRouter(prefix="/customers", tags=["Customer tags"])

Reader = Annotated[Principal, Depends(requires("customers:read"))]
CustomerReader = Annotated[Principal, Depends(CustomerRequirement("customers:read"))]
CustomerWriter = Annotated[Principal, Depends(CustomerRequirement("customers:write"))]
Configurer = Annotated[Principal, Depends(requires("customers:configure"))]


@router.get("/tags", response_model=Envelope[list[TagWithCountOut]], summary="List tags")
async def list_tags(tx: Tx, _: Reader) -> dict[str, Any]:
    """All tags that are defined, by name, with how many customers have each."""
    tags = await TagRepository(tx).all()
    counts = await TagRepository(tx).counts([tag.name for tag in tags])
    return enveloped(
        [
            {**TagOut.model_validate(tag).model_dump(), "customers": counts.get(tag.name, 0)}
            for tag in tags
        ]
    )


@router.post("/tags", response_model=Envelope[TagOut], status_code=201, summary="Define a tag")
async def define_tag(body: TagIn, tx: Tx, _: Configurer) -> dict[str, Any]:
    """Say what a tag means. With a rule, exactly those who match it have the tag from now on."""
    return enveloped(await TagService.within(tx).define(**dict(body)))


@router.get("/tags/{tag_id}", response_model=Envelope[TagOut], summary="Read a tag")
async def read_tag(tag_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """A tag's definition; the `ETag` is needed to change it."""
    tag = await TagService.within(tx).by_id(tag_id)
    response.headers["etag"] = etag_of(tag.version)
    return enveloped(tag)


@router.patch("/tags/{tag_id}", response_model=Envelope[TagOut], summary="Change a tag")
async def change_tag(
    tag_id: UUID, body: TagChangeIn, tx: Tx, request: Request, response: Response, _: Configurer
) -> dict[str, Any]:
    """Change what is given; customers follow a new name and a new rule. Needs `If-Match`."""
    tag = await TagService.within(tx).change(
        tag_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(tag.version)
    return enveloped(tag)


@router.delete("/tags/{tag_id}", status_code=204, summary="Remove a tag")
async def remove_tag(tag_id: UUID, tx: Tx, _: Configurer) -> None:
    """Forget a tag and take it off all customers."""
    await TagService.within(tx).remove(tag_id)


@router.get(
    "/{customer_id}/tags",
    response_model=Envelope[CustomerTagsOut],
    summary="List a customer's tags",
)
async def list_customer_tags(customer_id: UUID, tx: Tx, _: CustomerReader) -> dict[str, Any]:
    """The tags of a customer, in order of the alphabet."""
    return enveloped(await CustomerService.within(tx).by_id(customer_id))


@router.post(
    "/{customer_id}/tags/{tag_id}",
    response_model=Envelope[CustomerTagsOut],
    summary="Tag a customer",
)
async def tag_customer(
    customer_id: UUID, tag_id: UUID, tx: Tx, _: CustomerWriter
) -> dict[str, Any]:
    """Put a tag on a customer, unless a rule decides who has it."""
    tag = await TagService.within(tx).by_id(tag_id)
    await TagService.within(tx).give(Target((customer_id,)), [tag.name])
    return enveloped(await CustomerService.within(tx).by_id(customer_id))


@router.delete(
    "/{customer_id}/tags/{tag_id}",
    response_model=Envelope[CustomerTagsOut],
    summary="Untag a customer",
)
async def untag_customer(
    customer_id: UUID, tag_id: UUID, tx: Tx, _: CustomerWriter
) -> dict[str, Any]:
    """Take a tag off a customer, unless a rule decides who has it."""
    tag = await TagService.within(tx).by_id(tag_id)
    await TagService.within(tx).take(Target((customer_id,)), [tag.name])
    return enveloped(await CustomerService.within(tx).by_id(customer_id))

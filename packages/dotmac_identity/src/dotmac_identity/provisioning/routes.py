"""HTTP verbs of provisioning: SCIM 2.0 for users (RFC 7644)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import JSONResponse, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import VersionMismatchError
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.installed import Installed, forget_when_done
from dotmac_identity.provisioning.discovery import (
    MOST_RESULTS,
    resource_types,
    schemas,
    service_provider_config,
)
from dotmac_identity.provisioning.errors import ScimResourceNotFoundError
from dotmac_identity.provisioning.filters import USER_ATTRIBUTES, read_filter
from dotmac_identity.provisioning.patching import operations_of
from dotmac_identity.provisioning.projection import projected
from dotmac_identity.provisioning.refusal import MEDIA_TYPE
from dotmac_identity.provisioning.resources import (
    KnownUser,
    list_response,
    resource_id,
    user_resource,
)
from dotmac_identity.provisioning.schemas import PatchBody, ScimUser, ScimUserList, UserBody
from dotmac_identity.provisioning.service import Check, ProvisioningService
from dotmac_identity.provisioning.versions import is_named


class ScimResponse(JSONResponse):
    """JSON by the name that SCIM has for it."""

    media_type = MEDIA_TYPE


router = APIRouter(
    prefix="/scim/v2", tags=["Provisioning (SCIM)"], default_response_class=ScimResponse
)

Directory = Annotated[Principal, Depends(requires("users:provision"))]
ResourceId = Annotated[str, Path(max_length=100, json_schema_extra={"format": "uuid"})]
IfMatch = Annotated[str | None, Header(max_length=1000, description="The version to change.")]


class Wanted:
    """`?attributes=&excludedAttributes=`: what of each resource is answered."""

    def __init__(
        self,
        attributes: Annotated[
            str | None, Query(max_length=2000, examples=["userName,active"])
        ] = None,
        excluded: Annotated[
            str | None, Query(alias="excludedAttributes", max_length=2000, examples=["groups"])
        ] = None,
    ) -> None:
        self._attributes = attributes
        self._excluded = excluded

    def includes(self, name: str) -> bool:
        """Whether the attribute `name` is answered, which need not be found otherwise."""
        return name in projected({name: True}, self._attributes, self._excluded)

    def of(self, resource: dict[str, Any]) -> dict[str, Any]:
        """The part of `resource` that is wanted."""
        return projected(resource, self._attributes, self._excluded)


class ScimPage:
    """`?startIndex=&count=`: which part of a list is wanted; what lies outside is brought in."""

    def __init__(
        self,
        start: Annotated[int, Query(alias="startIndex", description="Counts from 1.")] = 1,
        count: Annotated[int, Query(description="Resources a page; 0 only counts them.")] = 100,
    ) -> None:
        self.start = min(max(start, 1), 1_000_000_000)
        self.count = min(max(count, 0), MOST_RESULTS)


async def address_of(identity: Installed) -> str:
    """Where all resources are, as the settings say; never as the request does."""
    return f"{identity.public_url.rstrip('/')}/api/v1/scim/v2"


async def directory_service(
    tx: Tx, principal: Directory, identity: Installed
) -> ProvisioningService:
    """Users in the hands of who sent the request."""
    return ProvisioningService(tx, principal, identity.catalogue)


Users = Annotated[ProvisioningService, Depends(directory_service)]
WantedPart = Annotated[Wanted, Depends()]
Page = Annotated[ScimPage, Depends()]
Address = Annotated[str, Depends(address_of)]


@router.get("/ServiceProviderConfig", summary="What of SCIM is spoken here")
async def read_config(_: Directory, address: Address) -> dict[str, Any]:
    """Which parts of SCIM 2.0 a directory can use, and how it authenticates."""
    return service_provider_config(address)


@router.get("/ResourceTypes", summary="List the kinds of resources")
async def list_types(_: Directory, address: Address) -> dict[str, Any]:
    """Users and groups, with where they are."""
    found = resource_types(address)
    return list_response(found, total=len(found), start=1)


@router.get("/ResourceTypes/{name}", summary="Read a kind of resource")
async def read_type(
    name: Annotated[str, Path(max_length=100)], _: Directory, address: Address
) -> dict[str, Any]:
    """One kind of resource: `User` or `Group`."""
    return _named(resource_types(address), "resource type", name)


@router.get("/Schemas", summary="List schemas")
async def list_schemas(_: Directory, address: Address) -> dict[str, Any]:
    """The attributes of users and groups that are kept, and what can be done with each."""
    found = schemas(address)
    return list_response(found, total=len(found), start=1)


@router.get("/Schemas/{urn}", summary="Read a schema")
async def read_schema(
    urn: Annotated[str, Path(max_length=200)], _: Directory, address: Address
) -> dict[str, Any]:
    """The attributes of one kind of resource."""
    return _named(schemas(address), "schema", urn)


@router.get(
    "/Users",
    response_model=ScimUserList,
    response_model_exclude_unset=True,
    summary="Find users as a directory",
)
async def list_directory_users(
    *,
    users: Users,
    address: Address,
    page: Page,
    wanted: WantedPart,
    asked: Annotated[
        str,
        Query(
            alias="filter",
            max_length=1000,
            description="`userName`, `externalId`, `emails.value`, `active` or `id`, each with "
            "`eq`, joined by `and`.",
            examples=['userName eq "ann.berg@example.com"'],
        ),
    ] = "",
) -> dict[str, Any]:
    """The staff, oldest first, the inactive too, but not those whom a directory has removed."""
    conditions = read_filter(asked, USER_ATTRIBUTES) if asked.strip() else ()
    found, total = await users.page(conditions, offset=page.start - 1, limit=page.count)
    resources = [wanted.of(user_resource(user, address)) for user in found]
    return list_response(resources, total=total, start=page.start)


@router.post(
    "/Users",
    response_model=ScimUser,
    response_model_exclude_unset=True,
    status_code=201,
    summary="Bring a user in as a directory",
)
async def provision_user(
    *,
    body: UserBody,
    users: Users,
    tx: Tx,
    response: Response,
    identity: Installed,
    address: Address,
    wanted: WantedPart,
) -> dict[str, Any]:
    """Let somebody sign in, without a password and without a role.

    They sign in by OpenID Connect, or set a password by *forgotten password*. Whom the directory
    has removed before comes back, without their former roles.
    """
    made = await users.create(body)
    forget_when_done(tx, identity, str(made.id))
    return _answered(made, address, response, wanted)


@router.get(
    "/Users/{user_id}",
    response_model=ScimUser,
    response_model_exclude_unset=True,
    responses={304: {"description": "Not changed since the version in `If-None-Match`."}},
    summary="Read a user as a directory",
)
async def read_directory_user(
    *,
    user_id: ResourceId,
    users: Users,
    response: Response,
    address: Address,
    wanted: WantedPart,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Any:  # noqa: ANN401 (a resource, or an answer without one)
    """One user; with `If-None-Match` only if it is another version."""
    user = await users.by_id(resource_id("user", user_id))
    version = user_resource(user, address)["meta"]["version"]
    if if_none_match is not None and is_named(if_none_match, version):
        return Response(status_code=304, headers={"etag": version})
    return _answered(user, address, response, wanted)


@router.put(
    "/Users/{user_id}",
    response_model=ScimUser,
    response_model_exclude_unset=True,
    summary="Replace a user as a directory",
)
async def replace_directory_user(
    *,
    user_id: ResourceId,
    body: UserBody,
    users: Users,
    tx: Tx,
    response: Response,
    identity: Installed,
    address: Address,
    wanted: WantedPart,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Let a user be as the document says. What an account cannot be without stays if left out."""
    changed = await users.replace(
        resource_id("user", user_id), body, check=_unless_changed(if_match, address)
    )
    forget_when_done(tx, identity, str(changed.id))
    return _answered(changed, address, response, wanted)


@router.patch(
    "/Users/{user_id}",
    response_model=ScimUser,
    response_model_exclude_unset=True,
    summary="Change a user as a directory",
)
async def patch_directory_user(
    *,
    user_id: ResourceId,
    body: PatchBody,
    users: Users,
    tx: Tx,
    response: Response,
    identity: Installed,
    address: Address,
    wanted: WantedPart,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Do operations to a user. Who is made inactive is signed out at once, everywhere."""
    changed = await users.patch(
        resource_id("user", user_id), operations_of(body), check=_unless_changed(if_match, address)
    )
    forget_when_done(tx, identity, str(changed.id))
    return _answered(changed, address, response, wanted)


@router.delete(
    "/Users/{user_id}",
    status_code=204,
    response_class=Response,
    summary="Let a user go as a directory",
)
async def remove_directory_user(
    *,
    user_id: ResourceId,
    users: Users,
    tx: Tx,
    identity: Installed,
    address: Address,
    if_match: IfMatch = None,
) -> None:
    """Deactivate a user, take all roles away and end all sessions at once; it is found no more."""
    gone = resource_id("user", user_id)
    await users.remove(gone, check=_unless_changed(if_match, address))
    forget_when_done(tx, identity, str(gone))


def _answered(user: KnownUser, address: str, response: Response, wanted: Wanted) -> dict[str, Any]:
    resource = user_resource(user, address)
    response.headers["etag"] = resource["meta"]["version"]
    response.headers["location"] = resource["meta"]["location"]
    return wanted.of(resource)


def _unless_changed(if_match: str | None, address: str) -> Check:
    def check(user: KnownUser) -> None:
        version = user_resource(user, address)["meta"]["version"]
        if if_match is not None and not is_named(if_match, version):
            raise VersionMismatchError(version)

    return check


def _named(found: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    for one in found:
        if one["id"].lower() == name.lower():
            return one
    raise ScimResourceNotFoundError(kind, name)

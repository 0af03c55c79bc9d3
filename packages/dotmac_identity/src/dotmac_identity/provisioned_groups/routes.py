"""HTTP verbs of roles as groups of SCIM."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import VersionMismatchError
from dotmac_identity.installed import Installed, InstalledIdentity, forget_when_done
from dotmac_identity.provisioned_groups.resources import KnownGroup, group_resource
from dotmac_identity.provisioned_groups.schemas import (
    GroupBody,
    MembersBody,
    ScimGroup,
    ScimGroupList,
)
from dotmac_identity.provisioned_groups.service import Check, ProvisionedGroupService
from dotmac_identity.provisioning.filters import GROUP_ATTRIBUTES, read_filter
from dotmac_identity.provisioning.patching import operations_of
from dotmac_identity.provisioning.resources import list_response, resource_id
from dotmac_identity.provisioning.routes import (
    Address,
    Directory,
    IfMatch,
    Page,
    ResourceId,
    ScimResponse,
    WantedPart,
)
from dotmac_identity.provisioning.versions import is_named

router = APIRouter(
    prefix="/scim/v2/Groups", tags=["Provisioning (SCIM)"], default_response_class=ScimResponse
)


async def directory_groups(
    tx: Tx, principal: Directory, identity: Installed
) -> ProvisionedGroupService:
    """Roles in the hands of who sent the request."""
    return ProvisionedGroupService(tx, principal, identity.catalogue)


Groups = Annotated[ProvisionedGroupService, Depends(directory_groups)]


@router.get(
    "",
    response_model=ScimGroupList,
    response_model_exclude_unset=True,
    summary="Find groups as a directory",
)
async def list_directory_groups(
    *,
    groups: Groups,
    address: Address,
    page: Page,
    wanted: WantedPart,
    asked: Annotated[
        str,
        Query(
            alias="filter",
            max_length=1000,
            description="`displayName`, `id` or `members`, each with `eq`, joined by `and`.",
            examples=['displayName eq "support"'],
        ),
    ] = "",
) -> dict[str, Any]:
    """The roles by name, with the users who have them everywhere."""
    conditions = read_filter(asked, GROUP_ATTRIBUTES) if asked.strip() else ()
    found, total = await groups.page(
        conditions,
        offset=page.start - 1,
        limit=page.count,
        with_members=wanted.includes("members"),
    )
    resources = [wanted.of(group_resource(group, address)) for group in found]
    return list_response(resources, total=total, start=page.start)


@router.get(
    "/{group_id}",
    response_model=ScimGroup,
    response_model_exclude_unset=True,
    summary="Read a group as a directory",
)
async def read_directory_group(
    group_id: ResourceId, groups: Groups, response: Response, address: Address, wanted: WantedPart
) -> dict[str, Any]:
    """One role with everybody who has it everywhere."""
    group = await groups.by_id(resource_id("group", group_id))
    resource = group_resource(group, address)
    response.headers["etag"] = resource["meta"]["version"]
    return wanted.of(resource)


@router.put(
    "/{group_id}",
    response_model=ScimGroup,
    response_model_exclude_unset=True,
    summary="Set the members of a group as a directory",
)
async def replace_directory_group(
    *,
    group_id: ResourceId,
    body: GroupBody,
    groups: Groups,
    tx: Tx,
    response: Response,
    identity: Installed,
    address: Address,
    wanted: WantedPart,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Let exactly the members have the role, one that allows no more than one's own key."""
    group, changed = await groups.replace(
        resource_id("group", group_id), body, check=_unless_changed(if_match, address)
    )
    _forget(tx, identity, changed)
    resource = group_resource(group, address)
    response.headers["etag"] = resource["meta"]["version"]
    return wanted.of(resource)


@router.patch(
    "/{group_id}",
    response_model=ScimGroup,
    response_model_exclude_unset=True,
    summary="Change the members of a group as a directory",
)
async def patch_directory_group(
    *,
    group_id: ResourceId,
    body: MembersBody,
    groups: Groups,
    tx: Tx,
    response: Response,
    identity: Installed,
    address: Address,
    wanted: WantedPart,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Give the role to users and take it from them; it holds at once.

    It must be a role that allows no more than one's own key; owners are made by people only.
    """
    group, changed = await groups.patch(
        resource_id("group", group_id),
        operations_of(body),
        check=_unless_changed(if_match, address),
    )
    _forget(tx, identity, changed)
    resource = group_resource(group, address)
    response.headers["etag"] = resource["meta"]["version"]
    return wanted.of(resource)


def _forget(tx: AsyncSession, identity: InstalledIdentity, users: Iterable[UUID]) -> None:
    for user_id in users:
        forget_when_done(tx, identity, str(user_id))


def _unless_changed(if_match: str | None, address: str) -> Check:
    def check(group: KnownGroup) -> None:
        version = group_resource(group, address)["meta"]["version"]
        if if_match is not None and not is_named(if_match, version):
            raise VersionMismatchError(version)

    return check

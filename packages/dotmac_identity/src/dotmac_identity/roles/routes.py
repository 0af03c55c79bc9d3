"""HTTP verbs of roles and permissions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped, etag_of, require_match
from dotmac_core_ops.principal import PORTAL, Principal, requires
from dotmac_identity.installed import Installed, InstalledIdentity, forget_when_done
from dotmac_identity.roles.errors import UnknownPermissionError
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.schemas import (
    PermissionGroupOut,
    RoleChangeIn,
    RoleDeletedOut,
    RoleIn,
    RoleOut,
)
from dotmac_identity.roles.service import (
    RoleChange,
    RoleService,
    permissions_of,
    require_grantable,
    require_known,
)
from dotmac_identity.roles.system_roles import EVERYTHING, SYSTEM_ROLES

router = APIRouter(tags=["Roles"])

Reader = Annotated[Principal, Depends(requires("roles:read"))]
Writer = Annotated[Principal, Depends(requires("roles:write"))]


@router.get("/roles", response_model=Envelope[list[RoleOut]], summary="List roles")
async def list_roles(tx: Tx, _: Reader, identity: Installed) -> dict[str, object]:
    """All roles by name, each with what it allows."""
    return enveloped([_shown(role, identity) for role in await RoleRepository(tx).all()])


@router.post("/roles", response_model=Envelope[RoleOut], status_code=201, summary="Make a role")
async def create_role(
    body: RoleIn, tx: Tx, response: Response, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Make a role of one's own, of permissions that one holds oneself."""
    _require_own(identity, principal, body.permissions)
    role = await RoleService.within(tx).create(body.name, body.description, body.permissions)
    response.headers["etag"] = etag_of(role.version)
    return enveloped(_shown(role, identity))


@router.patch("/roles/{role_id}", response_model=Envelope[RoleOut], summary="Change a role")
async def change_role(
    *,
    role_id: UUID,
    body: RoleChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    principal: Writer,
    identity: Installed,
) -> dict[str, object]:
    """Change a role of one's own; needs `If-Match`. It holds at once for all who have it.

    One must hold what it allows, before and after: else somebody could widen what they may, or take
    from those who may more.
    """
    roles = RoleService.within(tx)
    role = await roles.own(role_id)
    require_match(request, role.version)
    require_grantable(principal, role.permissions)
    _require_own(identity, principal, body.permissions or ())
    await roles.change(role, RoleChange(**body.model_dump()))
    await _forget_holders(tx, identity, role)
    response.headers["etag"] = etag_of(role.version)
    return enveloped(_shown(role, identity))


@router.delete("/roles/{role_id}", response_model=Envelope[RoleDeletedOut], summary="Delete a role")
async def delete_role(
    *,
    role_id: UUID,
    tx: Tx,
    principal: Writer,
    identity: Installed,
    replacement: Annotated[
        str | None,
        Query(max_length=63, description="Name of the role for those who have it."),
    ] = None,
) -> dict[str, object]:
    """Delete a role of one's own. While somebody has it, another must take its place."""
    roles = RoleService.within(tx)
    role = await roles.own(role_id)
    require_grantable(principal, role.permissions)
    instead = None
    if replacement is not None:
        instead = (await roles.named([replacement]))[0]
        require_grantable(principal, permissions_of([instead], identity.catalogue))
    await _forget_holders(tx, identity, role)
    await roles.delete(role, instead)
    return enveloped({"deleted": True})


@router.get(
    "/permissions",
    response_model=Envelope[list[PermissionGroupOut]],
    summary="List permissions",
)
async def list_permissions(_: Reader, request: Request) -> dict[str, object]:
    """Every permission that a role can hold with its meaning, by module and name.

    Those of customers in the portal are none of them.
    """
    return enveloped(
        [
            {
                "module": module.name,
                "permissions": sorted(
                    (one for one in module.permissions if not one.name.startswith(PORTAL)),
                    key=lambda one: one.name,
                ),
            }
            for module in request.app.state.modules
            if module.permissions
        ]
    )


def _require_own(
    identity: InstalledIdentity, principal: Principal, permissions: Iterable[str]
) -> None:
    wanted = list(permissions)
    if EVERYTHING in wanted:
        raise UnknownPermissionError(EVERYTHING)  # it is the owner's alone
    require_known(identity.catalogue, wanted)
    require_grantable(principal, wanted)


async def _forget_holders(tx: AsyncSession, identity: InstalledIdentity, role: Role) -> None:
    for holder in await RoleRepository(tx).holders(role.id):
        forget_when_done(tx, identity, holder)


def _shown(role: Role, identity: InstalledIdentity) -> dict[str, Any]:
    return {
        "id": role.id,
        "name": role.name,
        "description": SYSTEM_ROLES.get(role.name, "") if role.is_system else role.description,
        "is_system": role.is_system,
        "permissions": sorted(permissions_of([role], identity.catalogue)),
        "version": role.version,
        "created_at": role.created_at,
    }

"""HTTP verbs of roles in parts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.installed import Installed, forget_when_done
from dotmac_identity.roles.service import RoleService, permissions_of, require_grantable
from dotmac_identity.scoped_roles.schemas import ScopedRoleIn, ScopedRoleOut
from dotmac_identity.scoped_roles.service import ScopedRoleService

router = APIRouter(prefix="/users/{user_id}/scoped-roles", tags=["Roles"])

Reader = Annotated[Principal, Depends(requires("users:read"))]
Writer = Annotated[Principal, Depends(requires("users:write"))]


@router.get("", response_model=Envelope[list[ScopedRoleOut]], summary="List roles in parts")
async def list_scoped_roles(user_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """The roles that a user has within a site, a reseller or a customer group only."""
    return enveloped(await ScopedRoleService(tx).of_user(user_id))


@router.post(
    "",
    response_model=Envelope[ScopedRoleOut],
    status_code=201,
    summary="Give a role for a part",
)
async def give_scoped_role(
    user_id: UUID, body: ScopedRoleIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Let a user have a role within a part. What cannot be narrowed to it stays closed to them.

    One must hold everywhere what the role allows.
    """
    role = (await RoleService.within(tx).named([body.role]))[0]
    require_grantable(principal, permissions_of([role], identity.catalogue))
    given = await ScopedRoleService(tx).give(user_id, role, body.scope())
    forget_when_done(tx, identity, str(user_id))
    return enveloped(given)


@router.delete(
    "/{assignment_id}",
    response_model=Envelope[list[ScopedRoleOut]],
    summary="Take back a role for a part",
)
async def take_scoped_role(
    user_id: UUID, assignment_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, Any]:
    """Take it back; what the user still has in parts is answered."""
    assignments = ScopedRoleService(tx)
    given, role = await assignments.found(user_id, assignment_id)
    require_grantable(principal, permissions_of([role], identity.catalogue))
    await assignments.take(given, role)
    forget_when_done(tx, identity, str(user_id))
    return enveloped(await assignments.of_user(user_id))

"""HTTP verbs of roles and permissions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.installed import Installed
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.schemas import PermissionOut, RoleOut
from dotmac_identity.roles.service import permissions_of
from dotmac_identity.roles.system_roles import SYSTEM_ROLES

router = APIRouter(tags=["Users"])

Reader = Annotated[Principal, Depends(requires("roles:read"))]


@router.get("/roles", response_model=Envelope[list[RoleOut]], summary="List roles")
async def list_roles(tx: Tx, _: Reader, identity: Installed) -> dict[str, object]:
    """All roles by name, each with what it allows."""
    return enveloped(
        [
            {
                "name": role.name,
                "description": SYSTEM_ROLES.get(role.name, "") if role.is_system else "",
                "is_system": role.is_system,
                "permissions": sorted(permissions_of([role], identity.catalogue)),
            }
            for role in await RoleRepository(tx).all()
        ]
    )


@router.get(
    "/permissions", response_model=Envelope[list[PermissionOut]], summary="List permissions"
)
async def list_permissions(_: Reader, identity: Installed) -> dict[str, object]:
    """Every permission of the installed modules, by name."""
    return enveloped(list(identity.catalogue.permissions))

"""HTTP verbs of users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires
from dotmac_identity.installed import Installed, InstalledIdentity, forget_when_done
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import RoleService, permissions_of, require_grantable
from dotmac_identity.sessions.schemas import EndedOut, SessionOut
from dotmac_identity.sessions.service import SessionService
from dotmac_identity.users.schemas import PasswordIn, RolesIn, UserChangeIn, UserIn, UserOut
from dotmac_identity.users.service import UserService

router = APIRouter(prefix="/users", tags=["Users"])

Reader = Annotated[Principal, Depends(requires("users:read"))]
Writer = Annotated[Principal, Depends(requires("users:write"))]


@router.get("", response_model=Listing[UserOut], summary="List users")
async def list_users(
    tx: Tx, _: Reader, page: Annotated[PageParams, Depends()]
) -> dict[str, object]:
    """All users by e-mail address, the inactive ones too."""
    users, total = await UserService.within(tx).page(offset=page.offset, limit=page.per_page)
    return listing(users, page, total)


@router.post("", response_model=Envelope[UserOut], status_code=201, summary="Create a user")
async def create_user(
    body: UserIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Let somebody sign in. Only roles can be given that allow no more than one's own."""
    await _require_wide_enough(tx, principal, identity, roles=body.roles)
    users = UserService.within(tx, identity.passwords)
    return enveloped(
        await users.create(
            email=body.email,
            name=body.name,
            password=body.password.get_secret_value(),
            roles=body.roles,
        )
    )


@router.get("/{user_id}", response_model=Envelope[UserOut], summary="Read a user")
async def read_user(user_id: UUID, tx: Tx, _: Reader) -> dict[str, object]:
    """One user with the names of the roles."""
    return enveloped(await UserService.within(tx).by_id(user_id))


@router.patch("/{user_id}", response_model=Envelope[UserOut], summary="Rename a user")
async def rename_user(
    user_id: UUID, body: UserChangeIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Change how somebody is called."""
    await _require_wide_enough(tx, principal, identity, user_id=user_id)
    account = await UserService.within(tx).rename(user_id, body.name)
    forget_when_done(tx, identity, str(user_id))
    return enveloped(account)


@router.put("/{user_id}/roles", response_model=Envelope[UserOut], summary="Set a user's roles")
async def set_roles(
    user_id: UUID, body: RolesIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Give somebody exactly these roles; one owner always remains."""
    await _require_wide_enough(tx, principal, identity, user_id=user_id, roles=body.roles)
    account = await UserService.within(tx).set_roles(user_id, body.roles)
    forget_when_done(tx, identity, str(user_id))
    return enveloped(account)


@router.put("/{user_id}/password", response_model=Envelope[UserOut], summary="Set a password")
async def set_password(
    user_id: UUID, body: PasswordIn, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Give somebody a new password; the account is unlocked and its sessions end."""
    await _require_wide_enough(tx, principal, identity, user_id=user_id)
    users = UserService.within(tx, identity.passwords)
    await users.set_password(user_id, body.password.get_secret_value())
    forget_when_done(tx, identity, str(user_id))
    return enveloped(await users.by_id(user_id))


@router.post("/{user_id}/deactivate", response_model=Envelope[UserOut], summary="Deactivate a user")
async def deactivate(
    user_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Let somebody sign in no more; sessions end at once. The last owner stays."""
    await _require_wide_enough(tx, principal, identity, user_id=user_id)
    account = await UserService.within(tx).deactivate(user_id)
    forget_when_done(tx, identity, str(user_id))
    return enveloped(account)


@router.post("/{user_id}/activate", response_model=Envelope[UserOut], summary="Activate a user")
async def activate(
    user_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Let somebody who was deactivated sign in again."""
    await _require_wide_enough(tx, principal, identity, user_id=user_id)
    return enveloped(await UserService.within(tx).activate(user_id))


@router.get(
    "/{user_id}/sessions",
    response_model=Envelope[list[SessionOut]],
    summary="List a user's sessions",
)
async def list_sessions(user_id: UUID, tx: Tx, _: Reader) -> dict[str, object]:
    """Where somebody is signed in, the session seen last first."""
    await UserService.within(tx).by_id(user_id)
    return enveloped(await SessionService(tx).of_user(user_id))


@router.post(
    "/{user_id}/sessions/{session_id}/end",
    response_model=Envelope[EndedOut],
    summary="End a user's session",
)
async def end_session(
    user_id: UUID, session_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Sign one of somebody's devices out, at once."""
    await _require_wide_enough(tx, principal, identity, user_id=user_id)
    await SessionService(tx).end(user_id, session_id, because="ended_by_administrator")
    return enveloped({"ended": 1})


@router.post(
    "/{user_id}/sessions/end-all",
    response_model=Envelope[EndedOut],
    summary="End all sessions of a user",
)
async def end_sessions(
    user_id: UUID, tx: Tx, principal: Writer, identity: Installed
) -> dict[str, object]:
    """Sign somebody out everywhere, at once."""
    await UserService.within(tx).by_id(user_id)
    await _require_wide_enough(tx, principal, identity, user_id=user_id)
    ended = await SessionService(tx).end_all(user_id, because="ended_by_administrator")
    return enveloped({"ended": ended})


async def _require_wide_enough(
    tx: AsyncSession,
    principal: Principal,
    identity: InstalledIdentity,
    *,
    user_id: UUID | None = None,
    roles: Iterable[str] = (),
) -> None:
    """Nobody gives a role that allows more than they may, or changes somebody who may more.

    Otherwise whoever administers users could make themselves owner, or take over an owner's
    account by setting its password.
    """
    wanted = list(await RoleService.within(tx).named(roles))
    if user_id is not None:
        wanted += await RoleRepository(tx).all_of_user(user_id)
    require_grantable(principal, permissions_of(wanted, identity.catalogue))

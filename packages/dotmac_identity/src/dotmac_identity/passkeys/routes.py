"""HTTP verbs of one's own passkeys: for staff, and again for customers in the portal."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, status

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.accounts.schemas import DoneOut
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import AskingPage, Themselves, forget_when_done
from dotmac_identity.passkeys.repository import PasskeyRepository
from dotmac_identity.passkeys.schemas import (
    AddedPasskeyOut,
    CreationOptionsOut,
    PasskeyIn,
    PasskeyNameIn,
    PasskeyOut,
    PasswordAgainIn,
)
from dotmac_identity.passkeys.service import PasskeyService

own_passkeys_router = APIRouter(prefix="/passkeys")


@own_passkeys_router.get(
    "", response_model=Envelope[list[PasskeyOut]], summary="List the own passkeys"
)
@stays_open(TenantState.SUSPENDED)
async def list_own_passkeys(tx: Tx, principal: Themselves) -> dict[str, object]:
    """The passkeys that one has, oldest first."""
    return enveloped(await PasskeyRepository(tx).of_user(UUID(principal.subject)))


@own_passkeys_router.post(
    "/options",
    response_model=Envelope[CreationOptionsOut],
    summary="Begin to add a passkey",
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def begin_passkey(
    body: PasswordAgainIn,
    principal: Themselves,
    identity: Authentication,
    database: Db,
    page: AskingPage,
) -> dict[str, object]:
    """Get what the browser needs to make a passkey for the page that asks.

    Needs the password. Wrong ones count like those at signing in.
    """
    await identity.sign_in.require_password(principal, body.password.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        passkeys = PasskeyService(session, identity.passkeys)
        options = await passkeys.begin(UUID(principal.subject), principal.session_id, page)
        return enveloped({"options": options})


@own_passkeys_router.post(
    "",
    response_model=Envelope[AddedPasskeyOut],
    status_code=status.HTTP_201_CREATED,
    summary="Add a passkey",
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def add_passkey(
    body: PasskeyIn, tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """Send what the browser made by `/options`, in the same session and within five minutes."""
    passkeys = PasskeyService(tx, identity.passkeys)
    added = await passkeys.add(
        UUID(principal.subject), principal.session_id, body.name, body.credential.content()
    )
    forget_when_done(tx, identity, principal.subject)
    return enveloped(added)


@own_passkeys_router.patch(
    "/{passkey_id}", response_model=Envelope[PasskeyOut], summary="Rename a passkey"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def rename_passkey(
    passkey_id: UUID, body: PasskeyNameIn, tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """Call a passkey by a name of one's own."""
    passkeys = PasskeyService(tx, identity.passkeys)
    return enveloped(await passkeys.rename(UUID(principal.subject), passkey_id, body.name))


@own_passkeys_router.post(
    "/{passkey_id}/remove", response_model=Envelope[DoneOut], summary="Remove a passkey"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def remove_passkey(
    passkey_id: UUID,
    body: PasswordAgainIn,
    principal: Themselves,
    identity: Authentication,
    database: Db,
) -> dict[str, object]:
    """Sign in with it no more; remembered devices are asked again. Needs the password.

    Where it was the last second factor, the recovery codes are void.
    """
    await identity.sign_in.require_password(principal, body.password.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        passkeys = PasskeyService(session, identity.passkeys)
        await passkeys.remove(UUID(principal.subject), passkey_id)
    identity.forget(principal.subject)
    return enveloped({"done": True})

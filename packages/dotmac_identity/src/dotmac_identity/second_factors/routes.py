"""HTTP verbs of second factors: one's own, those of users, and who has to have one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.accounts.schemas import DoneOut
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import Themselves, forget_when_done
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import permissions_of, require_grantable
from dotmac_identity.second_factors.schemas import (
    BeginTotpIn,
    FactorCodeIn,
    FactorStatusOut,
    NewTotpOut,
    RecoveryCodesOut,
    SecondFactorRulesIn,
    SecondFactorRulesOut,
)
from dotmac_identity.second_factors.service import (
    FactorService,
    SecondFactorRuleService,
    SecondFactorService,
)
from dotmac_identity.sessions.service import SessionService
from dotmac_identity.users.service import UserService

own_factors_router = APIRouter(prefix="/second-factors")
router = APIRouter(tags=["Second factors"])

Reader = Annotated[Principal, Depends(requires("second_factors:read"))]
Writer = Annotated[Principal, Depends(requires("second_factors:write"))]
UserWriter = Annotated[Principal, Depends(requires("users:write"))]


@own_factors_router.get(
    "", response_model=Envelope[FactorStatusOut], summary="Read the own second factors"
)
@stays_open(TenantState.SUSPENDED)
async def read_own_factors(tx: Tx, principal: Themselves) -> dict[str, object]:
    """Whether an app is set up, how many passkeys there are, how many recovery codes are left."""
    return enveloped(await FactorService(tx).status(UUID(principal.subject)))


@own_factors_router.post(
    "/totp", response_model=Envelope[NewTotpOut], summary="Begin to set up an authenticator app"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def begin_totp(
    body: BeginTotpIn, principal: Themselves, identity: Authentication, database: Db
) -> dict[str, object]:
    """Get a new secret for the app. It counts once a code of it was sent to `/totp/confirm`.

    Needs the password. Wrong ones count like those at signing in.
    """
    await identity.sign_in.require_password(principal, body.password.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        factors = SecondFactorService(session, identity.sealer)
        return enveloped(await factors.begin(UUID(principal.subject)))


@own_factors_router.post(
    "/totp/confirm",
    response_model=Envelope[RecoveryCodesOut],
    summary="Confirm an authenticator app",
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def confirm_totp(
    body: FactorCodeIn, tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """Show that the app has the secret, with the code it shows; the answer has recovery codes."""
    factors = SecondFactorService(tx, identity.sealer)
    codes = await factors.confirm(UUID(principal.subject), body.code.get_secret_value())
    forget_when_done(tx, identity, principal.subject)
    return enveloped({"recovery_codes": codes})


@own_factors_router.post(
    "/totp/remove", response_model=Envelope[DoneOut], summary="Remove the authenticator app"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def remove_totp(
    body: FactorCodeIn, principal: Themselves, identity: Authentication, database: Db
) -> dict[str, object]:
    """Be asked for no code of the app any more. Needs one; wrong ones count and lock.

    Where there is no passkey either, the recovery codes are void and the password alone is enough.
    """
    await identity.factors.require(principal, body.code.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        await SecondFactorService(session, identity.sealer).remove(UUID(principal.subject))
    identity.forget(principal.subject)
    return enveloped({"done": True})


@own_factors_router.post(
    "/recovery-codes",
    response_model=Envelope[RecoveryCodesOut],
    summary="Make new recovery codes",
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def renew_recovery_codes(
    body: FactorCodeIn, principal: Themselves, identity: Authentication, database: Db
) -> dict[str, object]:
    """Get ten new codes; the old ones are void. Needs a code; wrong ones count and lock."""
    await identity.factors.require(principal, body.code.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        codes = await FactorService(session).renew_codes(UUID(principal.subject))
        return enveloped({"recovery_codes": codes})


@router.post(
    "/users/{user_id}/second-factors/reset",
    response_model=Envelope[DoneOut],
    summary="Reset a user's second factor",
)
async def reset_second_factors(
    user_id: UUID, tx: Tx, principal: UserWriter, identity: Authentication
) -> dict[str, object]:
    """Remove app, passkeys and codes of somebody who lost them; they are told and signed out.

    Nobody does so for who may more than they may themselves.
    """
    await UserService.within(tx).by_id(user_id)
    held = await RoleRepository(tx).all_of_user(user_id)
    require_grantable(principal, permissions_of(held, identity.catalogue))
    await FactorService(tx).reset(user_id)
    await SessionService(tx).end_all(user_id, because="second_factor_reset")
    forget_when_done(tx, identity, str(user_id))
    return enveloped({"done": True})


@router.get(
    "/second-factor-rules",
    response_model=Envelope[SecondFactorRulesOut],
    summary="Who has to have a second factor",
)
async def read_second_factor_rules(tx: Tx, _: Reader) -> dict[str, object]:
    """Whether all of the staff have to have one, or the roles whose holders have to."""
    return enveloped(await SecondFactorRuleService(tx).rules())


@router.put(
    "/second-factor-rules",
    response_model=Envelope[SecondFactorRulesOut],
    summary="Decide who has to have a second factor",
)
async def set_second_factor_rules(
    body: SecondFactorRulesIn, tx: Tx, _: Writer
) -> dict[str, object]:
    """Replace the rules. Whoever has to and has none may do nothing but set one up, at once."""
    rules = await SecondFactorRuleService(tx).set_rules(everybody=body.everybody, roles=body.roles)
    return enveloped(rules)

"""HTTP verbs of one's own account: for staff, and again for customers in the portal."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.accounts.errors import InvalidAccountTokenError
from dotmac_identity.accounts.models import Purpose
from dotmac_identity.accounts.schemas import (
    DoneOut,
    EmailIn,
    ForgottenIn,
    ForgottenOut,
    OwnAccountOut,
    PasswordChangeIn,
    ProfileIn,
    ResetIn,
    TokenIn,
)
from dotmac_identity.accounts.service import PREFIXES, AccountService
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import AskedKind, Themselves
from dotmac_identity.sessions.opaque_token import read_token

own_account_router = APIRouter()
own_password_router = APIRouter()
account_links_router = APIRouter()


@own_account_router.get("", response_model=Envelope[OwnAccountOut], summary="Read the own account")
@stays_open(TenantState.SUSPENDED)
async def read_own_account(
    tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """One's name, address, language, time zone and roles."""
    return enveloped(await AccountService(tx, identity.public_url).own(UUID(principal.subject)))


@own_account_router.patch(
    "", response_model=Envelope[OwnAccountOut], summary="Change the own profile"
)
async def change_own_profile(
    body: ProfileIn, tx: Tx, principal: Themselves, identity: Authentication
) -> dict[str, object]:
    """Change name, language or time zone; roles and rights are not one's own to change."""
    accounts = AccountService(tx, identity.public_url)
    changed = await accounts.change_profile(
        UUID(principal.subject), name=body.name, locale=body.locale, time_zone=body.time_zone
    )
    return enveloped(changed)


@own_account_router.post(
    "/email", response_model=Envelope[OwnAccountOut], summary="Ask for another address"
)
async def ask_for_email(
    body: EmailIn, principal: Themselves, identity: Authentication, database: Db
) -> dict[str, object]:
    """Have a message sent to the new address, whose link changes it; the old one is told.

    Needs the password. Wrong ones count like those at signing in.
    """
    await identity.sign_in.require_password(principal, body.password.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        accounts = AccountService(session, identity.public_url)
        return enveloped(await accounts.ask_for_email(UUID(principal.subject), body.email))


@own_password_router.post(
    "/password", response_model=Envelope[DoneOut], summary="Change one's own password"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def change_password(
    body: PasswordChangeIn, principal: Themselves, identity: Authentication, database: Db
) -> dict[str, object]:
    """Change the password, which needs the present one. All other sessions end, this one stays."""
    await identity.sign_in.require_password(principal, body.current_password.get_secret_value())
    async with database.transaction(principal.tenant_id) as session:
        accounts = AccountService(session, identity.public_url, identity.passwords)
        await accounts.change_password(
            UUID(principal.subject),
            body.new_password.get_secret_value(),
            session_id=principal.session_id,
        )
    identity.forget(principal.subject)
    return enveloped({"done": True})


@account_links_router.post(
    "/password/forgotten",
    response_model=Envelope[ForgottenOut],
    status_code=202,
    summary="Ask for a new password",
)
async def ask_for_password(
    body: ForgottenIn, identity: Authentication, database: Db, kind: AskedKind
) -> dict[str, object]:
    """Have a link to a new password sent, if there is such an account.

    The answer, and the work for it, are the same for every address.
    """
    tenant_id = await identity.sign_in.tenant(body.tenant)
    if tenant_id is not None:
        async with database.transaction(tenant_id) as session:
            await AccountService(session, identity.public_url).ask_for_reset(body.email, kind)
    return enveloped({"accepted": True})


@account_links_router.post(
    "/password/reset", response_model=Envelope[DoneOut], summary="Replace a forgotten password"
)
async def reset_password(
    body: ResetIn, identity: Authentication, database: Db, kind: AskedKind
) -> dict[str, object]:
    """Set the password with the link's token, which is used up. All sessions end."""
    token = body.token.get_secret_value()
    async with database.transaction(_tenant_of(Purpose.PASSWORD_RESET, token)) as session:
        accounts = AccountService(session, identity.public_url, identity.passwords)
        await accounts.reset_password(token, body.password.get_secret_value(), kind)
    return enveloped({"done": True})


@account_links_router.post(
    "/email/confirm", response_model=Envelope[DoneOut], summary="Confirm an address"
)
async def confirm_email(
    body: TokenIn, identity: Authentication, database: Db, kind: AskedKind
) -> dict[str, object]:
    """Sign in with the new address from now on; the old one gets a link to undo it for 7 days."""
    token = body.token.get_secret_value()
    async with database.transaction(_tenant_of(Purpose.EMAIL_CHANGE, token)) as session:
        await AccountService(session, identity.public_url).confirm_email(token, kind)
    return enveloped({"done": True})


@account_links_router.post(
    "/email/undo", response_model=Envelope[DoneOut], summary="Undo a change of address"
)
async def undo_email(
    body: TokenIn, identity: Authentication, database: Db, kind: AskedKind
) -> dict[str, object]:
    """Get the former address back; sessions end, and the password has to be chosen anew."""
    token = body.token.get_secret_value()
    async with database.transaction(_tenant_of(Purpose.EMAIL_UNDO, token)) as session:
        await AccountService(session, identity.public_url).undo_email(token, kind)
    return enveloped({"done": True})


def _tenant_of(purpose: Purpose, token: str) -> UUID:
    parts = read_token(PREFIXES[purpose], token)
    if parts is None:
        raise InvalidAccountTokenError
    return parts.tenant_id

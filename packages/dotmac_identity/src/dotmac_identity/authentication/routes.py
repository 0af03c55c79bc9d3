"""HTTP verbs of signing in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from dotmac_core_ops.database import Db
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, signed_in, signed_in_or_impersonating
from dotmac_identity.authentication.schemas import (
    PasswordChangeIn,
    PrincipalOut,
    RefreshIn,
    SignedOutOut,
    SignInIn,
    TokensOut,
)
from dotmac_identity.authenticator import Authenticator
from dotmac_identity.users.service import UserService

router = APIRouter(prefix="/auth", tags=["Signing in"])


def _authenticator(request: Request) -> Authenticator:
    identity = request.app.state.identity
    assert isinstance(identity, Authenticator)
    return identity


Authentication = Annotated[Authenticator, Depends(_authenticator)]
SignedIn = Annotated[Principal, Depends(signed_in)]
Leaving = Annotated[Principal, Depends(signed_in_or_impersonating)]


@router.post("/sign-in", response_model=Envelope[TokensOut], summary="Sign in")
async def sign_in(body: SignInIn, identity: Authentication) -> dict[str, object]:
    """Exchange e-mail address and password for an access and a refresh token.

    Unknown address, wrong password, inactive and locked account get the same answer. After five
    failures in a row the account is locked, at first for a minute.
    """
    return enveloped(
        await identity.sign_in.sign_in(email=body.email, password=body.password, tenant=body.tenant)
    )


@router.post("/refresh", response_model=Envelope[TokensOut], summary="Refresh the tokens")
async def refresh(body: RefreshIn, identity: Authentication) -> dict[str, object]:
    """Exchange a refresh token for a new pair. Using one twice ends the session."""
    return enveloped(await identity.sign_in.refresh(body.refresh_token))


@router.post("/sign-out", response_model=Envelope[SignedOutOut], summary="Sign out")
async def sign_out(principal: Leaving, identity: Authentication) -> dict[str, object]:
    """End the session: its refresh token is void, its access token within ten seconds."""
    await identity.sign_in.sign_out(principal)
    if principal.session_id is not None:
        identity.forget_session(principal.session_id)
    return enveloped({"signed_out": principal.session_id is not None})


@router.get("/me", response_model=Envelope[PrincipalOut], summary="Who am I")
async def me(principal: SignedIn) -> dict[str, object]:
    """The signed-in user or API key, with the permissions that count."""
    return enveloped(
        {
            "tenant_id": principal.tenant_id,
            "subject": principal.subject,
            "kind": principal.kind,
            "name": principal.name,
            "permissions": sorted(principal.permissions),
        }
    )


@router.post(
    "/password", response_model=Envelope[SignedOutOut], summary="Change one's own password"
)
async def change_password(
    body: PasswordChangeIn, principal: SignedIn, identity: Authentication, database: Db
) -> dict[str, object]:
    """Change the password and end all sessions, this one included."""
    await identity.sign_in.require_password(principal, body.current_password)
    async with database.transaction(principal.tenant_id) as session:
        users = UserService.within(session, identity.passwords)
        await users.set_password(UUID(principal.subject), body.new_password)
    identity.forget(principal.subject)
    return enveloped({"signed_out": True})

"""HTTP verbs of signing in: for staff, and again for customers in the portal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, principal_of
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.authentication.schemas import (
    PrincipalOut,
    RefreshIn,
    SignedOutOut,
    SignInIn,
    TokensOut,
)
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import AskedKind, FromClient
from dotmac_identity.refresh_cookie import Refreshing

sign_in_router = APIRouter()
signed_in_router = APIRouter()
sign_out_router = APIRouter()

SignedIn = Annotated[Principal, Depends(principal_of)]


@sign_in_router.post("/sign-in", response_model=Envelope[TokensOut], summary="Sign in")
async def sign_in(
    body: SignInIn,
    identity: Authentication,
    kind: AskedKind,
    client: FromClient,
    refreshing: Refreshing,
) -> dict[str, object]:
    """Exchange e-mail address and password for an access and a refresh token.

    Unknown address, wrong password, inactive and locked account get the same answer. After five
    failures in a row the account is locked, at first for a minute; after thirty from one address,
    the address. Who has a second factor is refused with `SECOND_FACTOR_REQUIRED`, whose details
    have the `challenge` for `/auth/second-factor`, unless the `device_token` is a remembered one.
    """
    tokens = await identity.sign_in.sign_in(
        email=body.email,
        password=body.password,
        tenant=body.tenant,
        kind=kind,
        client=client,
        device_token=body.device_token,
    )
    return enveloped(refreshing.handed_out(tokens))


@sign_in_router.post("/refresh", response_model=Envelope[TokensOut], summary="Refresh the tokens")
async def refresh(
    identity: Authentication,
    kind: AskedKind,
    client: FromClient,
    refreshing: Refreshing,
    body: RefreshIn | None = None,
) -> dict[str, object]:
    """Exchange a refresh token for a new pair. Using one twice ends the session.

    A browser sends no body: its token is in the cookie. It may use one twice within ten seconds,
    because a page that is reloaded never sees the answer it was waiting for.
    """
    tokens = await identity.sign_in.refresh(
        refreshing.received(None if body is None else body.refresh_token),
        kind=kind,
        client=client,
        is_browser=refreshing.is_in_cookie,
    )
    return enveloped(refreshing.handed_out(tokens))


@sign_out_router.post("/sign-out", response_model=Envelope[SignedOutOut], summary="Sign out")
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def sign_out(
    principal: SignedIn, identity: Authentication, refreshing: Refreshing
) -> dict[str, object]:
    """End the session: its refresh token and its access token are void at once."""
    await identity.sign_in.sign_out(principal)
    refreshing.forget()
    if principal.session_id is not None:
        identity.forget_session(principal.session_id)
    return enveloped({"signed_out": principal.session_id is not None})


@signed_in_router.get("/me", response_model=Envelope[PrincipalOut], summary="Who am I")
@stays_open(TenantState.SUSPENDED)
async def me(principal: SignedIn) -> dict[str, object]:
    """The signed-in person or API key, with the permissions that count."""
    return enveloped(
        {
            "tenant_id": principal.tenant_id,
            "subject": principal.subject,
            "kind": principal.kind,
            "name": principal.name,
            "permissions": sorted(principal.permissions),
            "customer_id": principal.customer_id,
        }
    )

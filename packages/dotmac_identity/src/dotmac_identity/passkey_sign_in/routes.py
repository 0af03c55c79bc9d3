"""HTTP verbs of signing in with a passkey alone: for staff, and again for customers."""

from __future__ import annotations

from fastapi import APIRouter

from dotmac_core_ops.http import Envelope, enveloped
from dotmac_identity.authentication.schemas import TokensOut
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import AskedKind, AskingPage, FromClient
from dotmac_identity.passkey_sign_in.schemas import PasskeySignInIn
from dotmac_identity.passkeys.schemas import RequestOptionsOut
from dotmac_identity.refresh_cookie import Refreshing

passkey_sign_in_router = APIRouter(prefix="/passkey")


@passkey_sign_in_router.post(
    "/options",
    response_model=Envelope[RequestOptionsOut],
    summary="Begin to sign in with a passkey",
)
async def begin_passkey_sign_in(identity: Authentication, page: AskingPage) -> dict[str, object]:
    """Get what the browser needs to let the person choose one of their passkeys.

    Nobody has to be named, nor the tenant.
    """
    return enveloped({"options": await identity.passkey_sign_in.options(page)})


@passkey_sign_in_router.post(
    "", response_model=Envelope[TokensOut], summary="Sign in with a passkey"
)
async def sign_in_with_passkey(
    body: PasskeySignInIn,
    identity: Authentication,
    kind: AskedKind,
    client: FromClient,
    refreshing: Refreshing,
) -> dict[str, object]:
    """Sign in by a passkey alone, which asked for finger, face or PIN itself.

    It is both factors in one: no code is asked for. Every refusal has the same answer; those of a
    known account count and lock it as wrong passwords do.
    """
    tokens = await identity.passkey_sign_in.sign_in(
        body.credential.content(), kind=kind, client=client
    )
    return enveloped(refreshing.handed_out(tokens))

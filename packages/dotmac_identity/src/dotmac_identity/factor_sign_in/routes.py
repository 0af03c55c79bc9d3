"""HTTP verbs of the second step: for staff, and again for customers in the portal."""

from __future__ import annotations

from fastapi import APIRouter

from dotmac_core_ops.http import Envelope, enveloped
from dotmac_identity.authenticator import Authentication
from dotmac_identity.factor_sign_in.schemas import PasskeyStepIn, SecondFactorIn, SignedInOut
from dotmac_identity.installed import AskedKind, AskingPage, FromClient
from dotmac_identity.passkeys.schemas import RequestOptionsOut
from dotmac_identity.refresh_cookie import Refreshing

second_step_router = APIRouter()


@second_step_router.post(
    "/second-factor", response_model=Envelope[SignedInOut], summary="Show a second factor"
)
async def show_second_factor(
    body: SecondFactorIn,
    identity: Authentication,
    kind: AskedKind,
    client: FromClient,
    refreshing: Refreshing,
) -> dict[str, object]:
    """Finish signing in with a code of the app, a recovery code or a passkey: one of the three.

    Wrong ones count and lock as wrong passwords do. Every refusal has the same answer. With
    `remember_device` the answer has a `device_token` that is sent along with the password from then
    on.
    """
    signed_in = await identity.factors.finish(
        body.challenge.get_secret_value(),
        body.proof(),
        remember_device=body.remember_device,
        kind=kind,
        client=client,
    )
    tokens = refreshing.handed_out(signed_in.tokens)
    return enveloped({**tokens, "device_token": signed_in.device_token})


@second_step_router.post(
    "/second-factor/passkey-options",
    response_model=Envelope[RequestOptionsOut],
    summary="Begin to show a passkey as second factor",
)
async def begin_passkey_step(
    body: PasskeyStepIn, identity: Authentication, kind: AskedKind, page: AskingPage
) -> dict[str, object]:
    """Get what the browser needs to show one of the passkeys of whoever the challenge is for."""
    options = await identity.factors.passkey_options(
        body.challenge.get_secret_value(), kind=kind, origin=page
    )
    return enveloped({"options": options})

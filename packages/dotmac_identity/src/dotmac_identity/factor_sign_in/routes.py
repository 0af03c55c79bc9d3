"""HTTP verb of the second step: for staff, and again for customers in the portal."""

from __future__ import annotations

from fastapi import APIRouter

from dotmac_core_ops.http import Envelope, enveloped
from dotmac_identity.authenticator import Authentication
from dotmac_identity.factor_sign_in.schemas import SecondFactorIn, SignedInOut
from dotmac_identity.installed import AskedKind, FromClient
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
    """Finish signing in with a code of the app or a recovery code.

    Wrong codes count and lock as wrong passwords do. Every refusal has the same answer. With
    `remember_device` the answer has a `device_token` that is sent along with the password from then
    on.
    """
    signed_in = await identity.factors.finish(
        body.challenge.get_secret_value(),
        body.code.get_secret_value(),
        remember_device=body.remember_device,
        kind=kind,
        client=client,
    )
    tokens = refreshing.handed_out(signed_in.tokens)
    return enveloped({**tokens, "device_token": signed_in.device_token})

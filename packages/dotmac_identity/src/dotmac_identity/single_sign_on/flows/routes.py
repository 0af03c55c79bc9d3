"""HTTP verbs of signing in by a provider: the browser's two, and the app's one."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from dotmac_core_ops.http import Envelope, enveloped
from dotmac_identity.authentication.schemas import TokensOut
from dotmac_identity.authenticator import Authentication
from dotmac_identity.installed import FromClient
from dotmac_identity.refresh_cookie import Refreshing
from dotmac_identity.single_sign_on.flows.models import CODE_LIFE, FLOW_LIFE
from dotmac_identity.single_sign_on.flows.schemas import FinishIn
from dotmac_identity.single_sign_on.flows.service import Answer, Departure
from dotmac_identity.single_sign_on.openid.asking import Wishes
from dotmac_identity.single_sign_on.openid.flow_secrets import cookie_name, secrets_in

router = APIRouter(prefix="/auth/single-sign-on", tags=["Signing in"])

_SEE_OTHER = 303
_COOKIE_SECONDS = int((FLOW_LIFE + CODE_LIFE).total_seconds())

Word = Annotated[str | None, Query(max_length=254)]
Long = Annotated[str | None, Query(max_length=4000)]


@router.get(
    "/{tenant_id}/{provider_id}/start",
    response_class=RedirectResponse,
    status_code=_SEE_OTHER,
    summary="Sign in by a provider",
)
async def start_single_sign_on(
    tenant_id: UUID,
    provider_id: UUID,
    identity: Authentication,
    *,
    return_to: Annotated[
        str | None, Query(max_length=500, description="A path of the app to go on at.")
    ] = None,
    prompt: Annotated[
        Literal["login", "select_account"] | None,
        Query(description="`login`: the provider asks again who it is."),
    ] = None,
    max_age: Annotated[
        int | None,
        Query(ge=0, le=86400, description="Seconds since the sign-in at the provider, at most."),
    ] = None,
    login_hint: Word = None,
) -> RedirectResponse:
    """For browsers: go to the provider. A cookie remembers which browser it was.

    What goes wrong leads back to `/sign-in/single-sign-on#error=<code>` of the app.
    """
    departure = await identity.single_sign_on.depart(
        tenant_id, provider_id, Wishes(prompt, max_age, login_hint), return_to
    )
    answer = _redirect(departure.address)
    remember(answer, departure)
    return answer


@router.get(
    "/{tenant_id}/{provider_id}/callback",
    response_class=RedirectResponse,
    status_code=_SEE_OTHER,
    summary="Come back from a provider",
)
async def come_back(
    tenant_id: UUID,
    provider_id: UUID,
    request: Request,
    identity: Authentication,
    *,
    state: Long = None,
    code: Long = None,
    iss: Long = None,
    error: Word = None,
) -> RedirectResponse:
    """For browsers that the provider sends back; the address to be registered there.

    Leads to `/sign-in/single-sign-on#code=<code>` of the app, which `finish` takes once within a
    minute, or to `#error=<code>`, or after linking an identity to `#linked=true`.
    """
    address = await identity.single_sign_on.arrive(
        tenant_id,
        provider_id,
        Answer(state=state or "", code=code or "", issuer=iss, error=error),
        secrets_in(request.cookies.items()),
    )
    return _redirect(address)


@router.post(
    "/finish", response_model=Envelope[TokensOut], summary="Fetch the session of a sign-in"
)
async def finish_single_sign_on(
    body: FinishIn,
    request: Request,
    identity: Authentication,
    client: FromClient,
    refreshing: Refreshing,
) -> dict[str, object]:
    """Exchange the code for an access and a refresh token, in the browser that began.

    Who has a second factor is refused with `SECOND_FACTOR_REQUIRED`, as at signing in with the
    password, unless the tenant takes the provider's word that one was shown there.
    """
    tokens = await identity.single_sign_on.finish(
        body.code.get_secret_value(),
        secrets_in(request.cookies.items()),
        client=client,
        device_token=body.device_token,
    )
    return enveloped(refreshing.handed_out(tokens))


def remember(answer: Response, departure: Departure) -> None:
    """Have the browser keep what it needs when it comes back, out of reach of scripts.

    Not `Strict`: the browser comes back from another site. The cookie is sent with such visits
    only, not with anything that a page elsewhere embeds or posts.
    """
    if departure.secrets is not None:
        answer.set_cookie(
            cookie_name(departure.secrets.state, is_secure=departure.is_secure),
            departure.secrets.secret,
            max_age=_COOKIE_SECONDS,
            path="/",
            secure=departure.is_secure,
            httponly=True,
            samesite="lax",
        )


def _redirect(address: str) -> RedirectResponse:
    return RedirectResponse(address, _SEE_OTHER)

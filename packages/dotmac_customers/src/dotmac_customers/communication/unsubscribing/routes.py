"""Unsubscribing without signing in."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from dotmac_core_ops.database import Db
from dotmac_core_ops.http import Envelope, client_of, dump_json, enveloped, raw_json
from dotmac_customers.communication.unsubscribing.page import CONTENT_SECURITY_POLICY, page
from dotmac_customers.communication.unsubscribing.schemas import LinkStateOut
from dotmac_customers.communication.unsubscribing.service import LinkState, UnsubscribeDesk

router = APIRouter(prefix="/unsubscribe", tags=["Unsubscribing"])

LinkToken = Annotated[
    str,
    Query(max_length=200, description="As it stands in the message."),
]
_FORM: dict[str, Any] = {
    "requestBody": {
        "description": "The form of the page, or what a mail program sends (RFC 8058).",
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "action": {"type": "string", "enum": ["unsubscribe", "resubscribe"]},
                        "List-Unsubscribe": {"type": "string", "enum": ["One-Click"]},
                    },
                },
                "example": {"action": "unsubscribe"},
            }
        },
    }
}


@router.get("", response_model=Envelope[LinkStateOut], summary="Look at an unsubscribe link")
async def look_at_link(token: LinkToken, database: Db, request: Request) -> Response:
    """Say what the link is about and how things stand: a page for people, JSON for programs.

    It changes nothing: mail programs and virus scanners open links by themselves.
    """
    return _answer(request, await UnsubscribeDesk(database).look(token))


@router.post(
    "",
    response_model=Envelope[LinkStateOut],
    summary="Unsubscribe or subscribe again",
    openapi_extra=_FORM,
)
async def use_link(token: LinkToken, database: Db, request: Request) -> Response:
    """Unsubscribe at once, as RFC 8058 has it; with `action=resubscribe` subscribe again."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    state = await UnsubscribeDesk(database).choose(
        token,
        is_subscribed=form.get("action") == ["resubscribe"],
        source_address=client_of(request).address,
    )
    return _answer(request, state)


def _answer(request: Request, state: LinkState) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return raw_json(dump_json(enveloped(LinkStateOut.model_validate(state).model_dump())))
    shown = page(state.tenant_name, state.channel, state.topic, is_subscribed=state.is_subscribed)
    return HTMLResponse(shown, headers={"content-security-policy": CONTENT_SECURITY_POLICY})

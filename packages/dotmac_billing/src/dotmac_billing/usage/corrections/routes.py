"""`POST /usage/events/{event_id}/correct`, and `/usage/corrections` for any id."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from dotmac_billing.usage.corrections.schemas import (
    CorrectionIn,
    CorrectionOut,
    NamedCorrectionIn,
)
from dotmac_billing.usage.corrections.service import Correct, correct_usage
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/usage", tags=["Usage"])


@router.post(
    "/events/{event_id}/correct",
    status_code=201,
    summary="Correct usage",
    response_model=Envelope[CorrectionOut],
)
async def correct_event(
    event_id: Annotated[str, Path(min_length=1, max_length=200)],
    body: CorrectionIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("usage:write"))],
) -> dict[str, Any]:
    """Let an event be worth something else, or nothing; the event itself stays as it was reported.

    When its day has been billed, the difference goes onto the next invoice.
    """
    return enveloped(await correct_usage(tx, event_id, _wanted(body)))


@router.post(
    "/corrections",
    status_code=201,
    summary="Correct usage of any event id",
    response_model=Envelope[CorrectionOut],
)
async def correct_named_event(
    body: NamedCorrectionIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("usage:write"))],
) -> dict[str, Any]:
    """The same as `/usage/events/{event_id}/correct`, for ids that a path cannot hold (`a/b`)."""
    return enveloped(await correct_usage(tx, body.event_id, _wanted(body)))


def _wanted(body: CorrectionIn) -> Correct:
    return Correct(body.void, body.worth, body.price, body.reason)

"""Starting `/subscriptions`, and what that would cost."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dotmac_billing.invoicing.schemas import PreviewOut, shown_draft
from dotmac_billing.signups.schemas import SubscriptionIn, SubscriptionPreviewIn
from dotmac_billing.signups.service import SignUpService
from dotmac_billing.subscriptions.routes import detail
from dotmac_billing.subscriptions.schemas import SubscriptionDetailOut
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/subscriptions", tags=["Subscriptions"])


@router.post(
    "",
    status_code=201,
    summary="Start a subscription",
    response_model=Envelope[SubscriptionDetailOut],
)
async def start_subscription(
    body: SubscriptionIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("subscriptions:write"))],
) -> dict[str, Any]:
    """Let a customer subscribe to a plan, from today, a past or a future day on."""
    return enveloped(await detail(tx, await SignUpService(tx).start(body.wanted())))


@router.post(
    "/preview",
    summary="Preview a subscription that is not started yet",
    response_model=Envelope[list[PreviewOut]],
)
async def preview_start(
    body: SubscriptionPreviewIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("subscriptions:read"))],
) -> dict[str, Any]:
    """The first invoices of a start with its coupons, by the same rule; nothing is written."""
    to_come = await SignUpService(tx).preview(body.wanted(), body.periods)
    return enveloped([shown_draft(draft) for draft in to_come])

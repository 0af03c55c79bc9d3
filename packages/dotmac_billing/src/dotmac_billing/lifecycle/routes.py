"""Pauses, cancellations, returns and transfers of `/subscriptions`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_billing.lifecycle.schemas import (
    CancelIn,
    PauseIn,
    RenewalIn,
    ResumeIn,
    TransferIn,
    TransferredOut,
)
from dotmac_billing.lifecycle.service import LifecycleService
from dotmac_billing.modifications.routes import shown
from dotmac_billing.modifications.schemas import ChangeMadeOut
from dotmac_billing.subscriptions.routes import detail
from dotmac_billing.subscriptions.schemas import SubscriptionDetailOut
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.transfers.service import transfer
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/subscriptions", tags=["Subscriptions"])

Writer = Annotated[Principal, Depends(requires("subscriptions:write"))]


@router.post(
    "/{subscription_id}/cancel",
    summary="Cancel a subscription",
    response_model=Envelope[SubscriptionDetailOut],
)
async def cancel_subscription(
    subscription_id: UUID, body: CancelIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """End it now, with its present period, or on a day; with or without a refund."""
    await LifecycleService(tx).cancel(subscription_id, body.cancellation())
    return enveloped(await detail(tx, await SubscriptionService(tx).get(subscription_id)))


@router.post(
    "/{subscription_id}/pause",
    summary="Pause a subscription",
    response_model=Envelope[ChangeMadeOut],
)
async def pause_subscription(
    subscription_id: UUID, body: PauseIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Neither serve nor charge it from a day on, until a day or until it is resumed."""
    return enveloped(shown(await LifecycleService(tx).pause(subscription_id, body.pause())))


@router.post(
    "/{subscription_id}/resume",
    summary="Resume a paused subscription",
    response_model=Envelope[ChangeMadeOut],
)
async def resume_subscription(
    subscription_id: UUID, body: ResumeIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Serve and charge it again; its anchor is the one it had."""
    made = await LifecycleService(tx).resume(subscription_id, body.on, body.invoicing)
    return enveloped(shown(made))


@router.post(
    "/{subscription_id}/reactivate",
    summary="Win back an ended subscription",
    response_model=Envelope[ChangeMadeOut],
)
async def reactivate_subscription(
    subscription_id: UUID, body: ResumeIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Let what it had go on, with a new cycle."""
    made = await LifecycleService(tx).reactivate(subscription_id, body.on, body.invoicing)
    return enveloped(shown(made))


@router.post(
    "/{subscription_id}/transfer",
    status_code=201,
    summary="Hand a subscription over to another customer",
    response_model=Envelope[TransferredOut],
)
async def transfer_subscription(
    subscription_id: UUID, body: TransferIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """End it for one customer and let it go on for another, from a day on."""
    done = await transfer(
        tx, subscription_id, body.customer_id, on=body.on, invoicing=body.invoicing
    )
    return enveloped({"change": shown(done.made), "subscription_id": done.subscription_id})


@router.put(
    "/{subscription_id}/renewal",
    summary="Let a subscription's term renew or run out",
    response_model=Envelope[SubscriptionDetailOut],
)
async def set_renewal(subscription_id: UUID, body: RenewalIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Whether it goes on for another term when the present one is over, or ends then."""
    subscription = await LifecycleService(tx).set_renewal(subscription_id, renews=body.renews)
    return enveloped(await detail(tx, subscription))

"""What a subscription and a customer may use."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_billing.access.schemas import FeaturesIn
from dotmac_billing.access.service import (
    entitlements_of_customer,
    entitlements_of_subscription,
    override_features,
)
from dotmac_billing.catalog.answers import EntitlementOut
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

subscription_access_router = APIRouter(prefix="/subscriptions", tags=["Subscriptions"])
customer_access_router = APIRouter(prefix="/billing/customers", tags=["Billing customers"])

Reader = Annotated[Principal, Depends(requires("subscriptions:read"))]
Writer = Annotated[Principal, Depends(requires("subscriptions:write"))]


@subscription_access_router.get(
    "/{subscription_id}/entitlements",
    summary="Read what a subscription entitles to",
    response_model=Envelope[list[EntitlementOut]],
)
async def read_subscription_entitlements(
    subscription_id: UUID, tx: Tx, _: Reader
) -> dict[str, Any]:
    """What plan, add-ons and exceptions together allow today."""
    return enveloped(await entitlements_of_subscription(tx, subscription_id))


@subscription_access_router.put(
    "/{subscription_id}/features",
    summary="Set a subscription's exceptions",
    response_model=Envelope[list[EntitlementOut]],
)
async def set_features(
    subscription_id: UUID, body: FeaturesIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Let features of this subscription differ from its plan's; those left out follow the plan."""
    await override_features(tx, subscription_id, body.features)
    return enveloped(await entitlements_of_subscription(tx, subscription_id))


@customer_access_router.get(
    "/{customer_id}/entitlements",
    summary="Read what a customer may use",
    response_model=Envelope[list[EntitlementOut]],
)
async def read_customer_entitlements(customer_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """What all subscriptions of the customer together allow today."""
    return enveloped(await entitlements_of_customer(tx, customer_id))

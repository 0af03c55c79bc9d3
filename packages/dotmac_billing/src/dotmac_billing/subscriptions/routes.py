"""`/subscriptions`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.repository import (
    SORTS,
    SubscriptionFilter,
    SubscriptionRepository,
)
from dotmac_billing.subscriptions.schemas import (
    Day,
    SubscriptionDetailOut,
    SubscriptionOut,
)
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    listing,
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/subscriptions", tags=["Subscriptions"])

Reader = Annotated[Principal, Depends(requires("subscriptions:read"))]


@router.get("", summary="List subscriptions", response_model=Listing[SubscriptionOut])
async def list_subscriptions(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    customer_id: Annotated[UUID | None, Query()] = None,
    plan_id: Annotated[UUID | None, Query()] = None,
    status: Annotated[SubscriptionStatus | None, Query()] = None,
    due_before: Annotated[Day | None, Query(description="To be billed before that day.")] = None,
    external_id: Annotated[str | None, Query(max_length=200)] = None,
    sort: Annotated[
        str,
        Query(description="created_at, start_on, next_bill_on or number; - for descending."),
    ] = "-created_at",
) -> dict[str, Any]:
    """The tenant's subscriptions, without their items."""
    field, descending = sort_order(sort, tuple(SORTS))
    rows, total = await SubscriptionRepository(tx).page(
        SubscriptionFilter(customer_id, plan_id, status, due_before, external_id),
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@router.get(
    "/{subscription_id}",
    summary="Read a subscription",
    response_model=Envelope[SubscriptionDetailOut],
)
async def read_subscription(subscription_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One subscription with its items."""
    return enveloped(await detail(tx, await SubscriptionService(tx).get(subscription_id)))


async def detail(tx: Tx, subscription: Subscription) -> dict[str, Any]:
    """A subscription with its items, as it is answered."""
    columns = {field: getattr(subscription, field) for field in SubscriptionOut.model_fields}
    items = [
        {
            "id": item.id,
            "component": component.code,
            "description": item.description,
            "kind": item.kind,
            "quantity": item.quantity,
            "list_price": component.unit_price,
            "agreed_price": item.agreed_price,
            "tax_code": component.tax_code,
            "starts_on": item.starts_on,
            "ends_on": item.ends_on,
            "phase": item.phase,
            "percent_off": item.percent_off,
        }
        for item, component in await SubscriptionRepository(tx).items(subscription.id)
        if item.starts_on is None or item.ends_on is None or item.starts_on < item.ends_on
    ]
    return {**columns, "items": items}

"""`/subscriptions/{id}/changes`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.changes.kinds import ChangeStatus
from dotmac_billing.changes.plan_of_change import ChangeMade
from dotmac_billing.changes.repository import ChangeRepository
from dotmac_billing.changes.service import Previewed
from dotmac_billing.changes.wanted import WantedPlan
from dotmac_billing.modifications.schemas import (
    ChangeIn,
    ChangeMadeOut,
    PreviewedOut,
    SubscriptionChangeOut,
)
from dotmac_billing.modifications.service import ModificationService
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.withdrawals.service import withdraw
from dotmac_core_ops.database import Tx, clock_of
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/subscriptions", tags=["Subscriptions"])

Reader = Annotated[Principal, Depends(requires("subscriptions:read"))]
Writer = Annotated[Principal, Depends(requires("subscriptions:write"))]


@router.post(
    "/{subscription_id}/changes",
    status_code=201,
    summary="Change a subscription",
    response_model=Envelope[ChangeMadeOut],
)
async def change_subscription(
    subscription_id: UUID, body: ChangeIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Change its plan, or quantities, prices and add-ons: now, in the past or ahead.

    What was charged for days that are now served otherwise is credited, what is new is charged by
    the same share of days; both wait for the next invoice unless they are to be billed now.
    """
    service = ModificationService(tx)
    if body.set or body.add or body.remove:
        made = await service.change_items(subscription_id, body.wanted(), body.when())
    else:
        made = await service.change_plan(subscription_id, await _plan(tx, body), body.when())
    return enveloped(shown(made))


@router.post(
    "/{subscription_id}/changes/preview",
    summary="Preview a change of a subscription",
    response_model=Envelope[PreviewedOut],
)
async def preview_change(
    subscription_id: UUID, body: ChangeIn, tx: Tx, _: Reader
) -> dict[str, Any]:
    """Each credit and charge of a change, and the next invoice after it. Nothing is written."""
    service = ModificationService(tx)
    if body.set or body.add or body.remove:
        found = await service.preview_items(subscription_id, body.wanted(), body.when())
    else:
        found = await service.preview_plan(subscription_id, await _plan(tx, body), body.when())
    return enveloped(_previewed(found))


@router.get(
    "/{subscription_id}/changes",
    summary="List a subscription's changes",
    response_model=Listing[SubscriptionChangeOut],
)
async def list_changes(
    subscription_id: UUID,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    status: Annotated[ChangeStatus | None, Query()] = None,
) -> dict[str, Any]:
    """What was changed and what is scheduled, the newest first."""
    await SubscriptionService(tx).get(subscription_id)
    rows, total = await ChangeRepository(tx).page(
        subscription_id, status, offset=page.offset, limit=page.per_page
    )
    return listing(rows, page, total)


@router.post(
    "/{subscription_id}/changes/{change_id}/withdraw",
    summary="Withdraw a scheduled change",
    response_model=Envelope[SubscriptionChangeOut],
)
async def withdraw_change(
    subscription_id: UUID, change_id: UUID, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Take back a change before its day: a plan, a pause, also a cancellation."""
    return enveloped(await withdraw(tx, subscription_id, change_id))


async def _plan(tx: Tx, body: ChangeIn) -> WantedPlan:
    version_id = body.plan_version_id
    if body.plan_id is not None:
        today = clock_of(tx).today((await settings_of(tx)).time_zone)
        version_id = (await CatalogService(tx).offered(body.plan_id, today, version_id)).id
    assert version_id is not None  # the body has a plan or a version
    return WantedPlan(version_id, body.start_items)


def shown(made: ChangeMade) -> dict[str, Any]:
    """A change as it is answered."""
    return {**vars(made), "net": made.net, "lines": list(made.lines)}


def _previewed(found: Previewed) -> dict[str, Any]:
    made = replace(found.made, invoice_ids=())  # they are undone with all the rest
    return {"change": shown(made), "next_invoice": _invoice(found.next_invoice)}


def _invoice(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {
        "bill_on": draft.bill_on,
        "net": draft.totals.net,
        "tax": draft.totals.tax,
        "total": draft.totals.total,
        "lines": [
            {
                "description": line.description,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "net": line.net,
                "tax": line.tax,
                "period_start": line.period_start,
                "period_end": line.period_end,
            }
            for line in draft.lines
        ],
    }

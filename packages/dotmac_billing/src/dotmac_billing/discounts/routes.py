"""`/coupons` and `/billing/customers/{customer_id}/discounts`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_billing.customers.service import CustomerService
from dotmac_billing.discounts.repository import (
    COUPON_SORTS,
    REDEMPTION_SORTS,
    CouponFilter,
    CouponRepository,
    RedemptionFilter,
)
from dotmac_billing.discounts.schemas import (
    CouponChangeIn,
    CouponIn,
    CouponOut,
    CouponPreviewIn,
    CouponPreviewOut,
    RedeemIn,
    RedemptionOut,
)
from dotmac_billing.discounts.service import CouponChange, CouponService, Redemption
from dotmac_billing.discounts.terms import CouponStatus, DiscountKind, RedemptionStatus
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires

coupons_router = APIRouter(prefix="/coupons", tags=["Discounts"])
customer_discounts_router = APIRouter(
    prefix="/billing/customers/{customer_id}/discounts", tags=["Discounts"]
)

Reader = Annotated[Principal, Depends(requires("discounts:read"))]
Writer = Annotated[Principal, Depends(requires("discounts:write"))]
RedemptionSort = Annotated[str, Query(description="redeemed_at or taken_off; - for descending.")]


@coupons_router.post(
    "", status_code=201, summary="Create a coupon", response_model=Envelope[CouponOut]
)
async def create_coupon(body: CouponIn, tx: Tx, response: Response, _: Writer) -> dict[str, Any]:
    """Let a code take something off. What it takes off never changes afterwards."""
    coupon = await CouponService(tx).create(body.new_coupon())
    response.headers["etag"] = etag_of(coupon.version)
    return enveloped(CouponOut.of(coupon))


@coupons_router.get("", summary="List coupons", response_model=Listing[CouponOut])
async def list_coupons(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    q: Annotated[
        str | None, Query(max_length=100, description="Beginning of code or name.")
    ] = None,
    status: Annotated[CouponStatus | None, Query()] = None,
    kind: Annotated[DiscountKind | None, Query()] = None,
    sort: Annotated[
        str, Query(description="code, name, created_at or redemptions; - for descending.")
    ] = "-created_at",
) -> dict[str, Any]:
    """The tenant's coupons."""
    field, descending = sort_order(sort, tuple(COUPON_SORTS))
    rows, total = await CouponRepository(tx).page(
        CouponFilter(q, status, kind),
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing([CouponOut.of(row) for row in rows], page, total)


@coupons_router.post(
    "/preview", summary="Preview a coupon on a plan", response_model=Envelope[CouponPreviewOut]
)
async def preview_coupon(body: CouponPreviewIn, tx: Tx, _: Reader) -> dict[str, Any]:
    """What the coupon would take off a full period of a plan, before tax. Nothing is written."""
    found = await CouponService(tx).preview(
        body.code,
        body.plan_id,
        version_id=body.plan_version_id,
        quantities={item.component: item.quantity for item in body.items},
        currency=body.currency,
    )
    return enveloped(CouponPreviewOut.model_validate(found))


@coupons_router.get("/{coupon_id}", summary="Read a coupon", response_model=Envelope[CouponOut])
async def read_coupon(coupon_id: UUID, tx: Tx, response: Response, _: Reader) -> dict[str, Any]:
    """One coupon."""
    coupon = await CouponService(tx).get(coupon_id)
    response.headers["etag"] = etag_of(coupon.version)
    return enveloped(CouponOut.of(coupon))


@coupons_router.patch("/{coupon_id}", summary="Change a coupon", response_model=Envelope[CouponOut])
async def change_coupon(
    coupon_id: UUID,
    body: CouponChangeIn,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Its name, and who may still redeem it. Needs `If-Match` with the version that was read."""
    service = CouponService(tx)
    coupon = await service.get(coupon_id, locked=True)
    require_match(request, coupon.version)
    changed = await service.change(coupon, CouponChange(**body.model_dump()))
    response.headers["etag"] = etag_of(changed.version)
    return enveloped(CouponOut.of(changed))


@coupons_router.post(
    "/{coupon_id}/archive", summary="Archive a coupon", response_model=Envelope[CouponOut]
)
async def archive_coupon(coupon_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let it not be redeemed any more. Customers who have it keep it."""
    return enveloped(CouponOut.of(await CouponService(tx).archive(coupon_id)))


@coupons_router.get(
    "/{coupon_id}/redemptions",
    summary="List redemptions of a coupon",
    response_model=Listing[RedemptionOut],
)
async def list_coupon_redemptions(
    *,
    coupon_id: UUID,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    status: Annotated[RedemptionStatus | None, Query()] = None,
    sort: RedemptionSort = "-redeemed_at",
) -> dict[str, Any]:
    """Who has redeemed it, and what it has taken off so far."""
    await CouponService(tx).get(coupon_id)
    return await _redemptions(tx, RedemptionFilter(coupon_id, status=status), sort, page)


@customer_discounts_router.post(
    "", status_code=201, summary="Redeem a coupon", response_model=Envelope[RedemptionOut]
)
async def redeem_coupon(customer_id: UUID, body: RedeemIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let the customer have a coupon's discount, on a subscription or on everything."""
    redemption, coupon = await CouponService(tx).redeem(
        Redemption(customer_id, body.code, body.subscription_id, body.component, body.starts_on)
    )
    return enveloped(RedemptionOut.of(redemption, coupon))


@customer_discounts_router.get(
    "", summary="List discounts of a customer", response_model=Listing[RedemptionOut]
)
async def list_customer_discounts(
    *,
    customer_id: UUID,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    subscription_id: Annotated[UUID | None, Query()] = None,
    status: Annotated[RedemptionStatus | None, Query()] = None,
    sort: RedemptionSort = "-redeemed_at",
) -> dict[str, Any]:
    """What the customer has redeemed."""
    await CustomerService(tx).get(customer_id)
    wanted = RedemptionFilter(None, customer_id, subscription_id, status)
    return await _redemptions(tx, wanted, sort, page)


@customer_discounts_router.post(
    "/{redemption_id}/revoke",
    summary="Revoke a discount",
    response_model=Envelope[RedemptionOut],
)
async def revoke_discount(
    customer_id: UUID, redemption_id: UUID, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Let invoices from now on be without it; issued ones keep it."""
    revoked = await CouponService(tx).revoke(customer_id, redemption_id)
    return enveloped(RedemptionOut.of(*revoked))


async def _redemptions(
    tx: Tx, wanted: RedemptionFilter, sort: str, page: PageParams
) -> dict[str, Any]:
    field, descending = sort_order(sort, tuple(REDEMPTION_SORTS))
    rows, total = await CouponRepository(tx).redemptions(
        wanted, sort=field, descending=descending, offset=page.offset, limit=page.per_page
    )
    return listing([RedemptionOut.of(*row) for row in rows], page, total)

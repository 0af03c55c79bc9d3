"""`/plans` and `/tax-rates`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.catalog.models import Plan
from dotmac_billing.catalog.plan import NewPlan
from dotmac_billing.catalog.repository import PLAN_SORTS, CatalogRepository
from dotmac_billing.catalog.schemas import (
    PlanDetailOut,
    PlanIn,
    PlanOut,
    RetireIn,
    TaxRateIn,
    TaxRateOut,
    TermsIn,
    VersionOut,
)
from dotmac_billing.catalog.service import CatalogService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing, sort_order
from dotmac_core_ops.principal import Principal, requires

plans_router = APIRouter(prefix="/plans", tags=["Catalogue"])
tax_rates_router = APIRouter(prefix="/tax-rates", tags=["Catalogue"])

Reader = Annotated[Principal, Depends(requires("plans:read"))]
Writer = Annotated[Principal, Depends(requires("plans:write"))]


@plans_router.post(
    "", status_code=201, summary="Publish a plan", response_model=Envelope[PlanDetailOut]
)
async def publish_plan(body: PlanIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Offer a new plan with its first version. New terms later are a new version."""
    published = await CatalogService(tx).publish(
        NewPlan(body.code, body.name, body.terms(), body.description, is_public=body.is_public)
    )
    return enveloped(await _detail(tx, published.plan_id))


@plans_router.get("", summary="List plans", response_model=Listing[PlanOut])
async def list_plans(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    offered_on: Annotated[
        date | None, Query(description="Only plans not retired on that day.")
    ] = None,
    sort: Annotated[str, Query(description="code, name or created_at; - for descending.")] = "code",
) -> dict[str, Any]:
    """The tenant's plans."""
    field, descending = sort_order(sort, tuple(PLAN_SORTS))
    rows, total = await CatalogRepository(tx).page(
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
        offered_on=offered_on,
    )
    return listing(rows, page, total)


@plans_router.get("/{plan_id}", summary="Read a plan", response_model=Envelope[PlanDetailOut])
async def read_plan(plan_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One plan with all its versions, newest first."""
    return enveloped(await _detail(tx, plan_id))


@plans_router.post(
    "/{plan_id}/versions",
    status_code=201,
    summary="Publish a version of a plan",
    response_model=Envelope[VersionOut],
)
async def publish_plan_version(plan_id: UUID, body: TermsIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Offer the plan on new terms. Subscriptions keep the version they were made with."""
    return enveloped(await CatalogService(tx).publish_version(plan_id, body.terms()))


@plans_router.post(
    "/{plan_id}/retire", summary="Retire a plan", response_model=Envelope[PlanDetailOut]
)
async def retire_plan(plan_id: UUID, body: RetireIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Offer it no more from a day on. Its subscriptions go on."""
    await CatalogService(tx).retire(plan_id, body.on)
    return enveloped(await _detail(tx, plan_id))


@tax_rates_router.post(
    "", status_code=201, summary="Add a tax rate", response_model=Envelope[TaxRateOut]
)
async def add_tax_rate(body: TaxRateIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let a tax have a rate from a day on. Issued invoices keep theirs."""
    rate = await CatalogService(tx).add_tax_rate(
        body.code, body.rate, valid_from=body.valid_from, name=body.name
    )
    return enveloped(rate)


@tax_rates_router.get("", summary="List tax rates", response_model=Listing[TaxRateOut])
async def list_tax_rates(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """All rates by code, the newest of each first."""
    rows, total = await CatalogRepository(tx).tax_rates(offset=page.offset, limit=page.per_page)
    return listing(rows, page, total)


async def _detail(tx: Tx, plan_id: UUID) -> dict[str, Any]:
    plan: Plan = await CatalogService(tx).get(plan_id)
    versions = await CatalogRepository(tx).versions_of([plan_id])
    columns = {field: getattr(plan, field) for field in PlanOut.model_fields}
    return {**columns, "versions": versions.get(plan_id, [])}

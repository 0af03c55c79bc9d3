"""`/plans`, `/products`, `/change-rules`, `/price-list` and `/tax-rates`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from dotmac_billing.catalog.answers import (
    EntitlementOut,
    OfferOut,
    PlanDetailOut,
    PlanOut,
    ProductOut,
    RuleOut,
    TaxRateOut,
    VersionOut,
)
from dotmac_billing.catalog.entitlements import entitlements_of
from dotmac_billing.catalog.models import Plan
from dotmac_billing.catalog.repository import PLAN_SORTS, CatalogRepository, PlanFilter
from dotmac_billing.catalog.schemas import (
    PlanChangeIn,
    PlanIn,
    ProductChangeIn,
    ProductIn,
    RetireIn,
    RulesIn,
    TaxRateIn,
    TermsIn,
)
from dotmac_billing.catalog.service import CatalogService
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing, sort_order
from dotmac_core_ops.principal import Principal, requires

plans_router = APIRouter(prefix="/plans", tags=["Catalogue"])
products_router = APIRouter(prefix="/products", tags=["Catalogue"])
change_rules_router = APIRouter(prefix="/change-rules", tags=["Catalogue"])
price_list_router = APIRouter(prefix="/price-list", tags=["Catalogue"])
tax_rates_router = APIRouter(prefix="/tax-rates", tags=["Catalogue"])

Reader = Annotated[Principal, Depends(requires("plans:read"))]
Writer = Annotated[Principal, Depends(requires("plans:write"))]


@plans_router.post(
    "", status_code=201, summary="Publish a plan", response_model=Envelope[PlanDetailOut]
)
async def publish_plan(body: PlanIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Offer a new plan with its first version. New terms later are a new version."""
    published = await CatalogService(tx).publish(body.plan())
    return enveloped(await _detail(tx, published.plan_id))


@plans_router.get("", summary="List plans", response_model=Listing[PlanOut])
async def list_plans(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    offered_on: Annotated[
        date | None, Query(description="Only plans not retired on that day.")
    ] = None,
    product: Annotated[str | None, Query(max_length=64, description="Code of a product.")] = None,
    is_public: Annotated[bool | None, Query()] = None,
    is_add_on: Annotated[bool | None, Query()] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="In code, name or description.")
    ] = None,
    sort: Annotated[str, Query(description="code, name or created_at; - for descending.")] = "code",
) -> dict[str, Any]:
    """The tenant's plans."""
    field, descending = sort_order(sort, tuple(PLAN_SORTS))
    rows, total = await CatalogRepository(tx).page(
        PlanFilter(offered_on, product, is_public, is_add_on, q),
        sort=field,
        descending=descending,
        offset=page.offset,
        limit=page.per_page,
    )
    return listing(rows, page, total)


@plans_router.get("/{plan_id}", summary="Read a plan", response_model=Envelope[PlanDetailOut])
async def read_plan(plan_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One plan with all its versions, newest first."""
    return enveloped(await _detail(tx, plan_id))


@plans_router.patch("/{plan_id}", summary="Change a plan", response_model=Envelope[PlanDetailOut])
async def change_plan(plan_id: UUID, body: PlanChangeIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Change its name, description, product or whether it is public. Prices need a version."""
    await CatalogService(tx).change(plan_id, body.words())
    return enveloped(await _detail(tx, plan_id))


@plans_router.post(
    "/{plan_id}/versions",
    status_code=201,
    summary="Publish a version of a plan",
    response_model=Envelope[VersionOut],
)
async def publish_plan_version(plan_id: UUID, body: TermsIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Offer the plan on new terms. Subscriptions keep theirs, or move as `rollout` says."""
    return enveloped(await CatalogService(tx).publish_version(plan_id, body.terms()))


@plans_router.get(
    "/{plan_id}/versions/{version}/entitlements",
    summary="Read what a version entitles to",
    response_model=Envelope[list[EntitlementOut]],
)
async def read_entitlements(
    plan_id: UUID, version: Annotated[int, Path(ge=1, le=10**9)], tx: Tx, _: Reader
) -> dict[str, Any]:
    """The features of that version by name, limits with whether they are unlimited."""
    found = await CatalogService(tx).version(plan_id, version)
    return enveloped(entitlements_of(found.features))


@plans_router.post(
    "/{plan_id}/retire", summary="Retire a plan", response_model=Envelope[PlanDetailOut]
)
async def retire_plan(plan_id: UUID, body: RetireIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Offer it no more from a day on. Its subscriptions go on."""
    await CatalogService(tx).retire(plan_id, body.on)
    return enveloped(await _detail(tx, plan_id))


@plans_router.post(
    "/{plan_id}/unretire", summary="Offer a plan again", response_model=Envelope[PlanDetailOut]
)
async def unretire_plan(plan_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let a retired plan be subscribed to again, on its newest version."""
    await CatalogService(tx).retire(plan_id, None)
    return enveloped(await _detail(tx, plan_id))


@price_list_router.get(
    "", summary="Read the public price list", response_model=Envelope[list[OfferOut]]
)
async def read_price_list(
    tx: Tx,
    _: Reader,
    product: Annotated[str | None, Query(max_length=64, description="Code of a product.")] = None,
    currency: Annotated[
        CurrencyCode | None, Query(description="Only plans priced in it throughout.")
    ] = None,
) -> dict[str, Any]:
    """What everybody may subscribe to today, each plan as its newest version has it, by code."""
    return enveloped(await CatalogService(tx).price_list(product=product, currency=currency))


@products_router.post(
    "", status_code=201, summary="Add a product", response_model=Envelope[ProductOut]
)
async def add_product(body: ProductIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Sell something new. Its plans say what it costs."""
    return enveloped(await CatalogService(tx).add_product(body.code, body.name, body.description))


@products_router.get("", summary="List products", response_model=Listing[ProductOut])
async def list_products(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """What the tenant sells, by code."""
    catalog = CatalogRepository(tx)
    rows = await catalog.products(offset=page.offset, limit=page.per_page)
    return listing(rows, page, await catalog.count_products())


@products_router.get("/{product_id}", summary="Read a product", response_model=Envelope[ProductOut])
async def read_product(product_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One product; `GET /plans?product=` lists its plans."""
    return enveloped(await CatalogService(tx).product(product_id))


@products_router.patch(
    "/{product_id}", summary="Change a product", response_model=Envelope[ProductOut]
)
async def change_product(
    product_id: UUID, body: ProductChangeIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Give it another name or description. Its code stays."""
    return enveloped(await CatalogService(tx).change_product(product_id, body.words()))


@change_rules_router.get(
    "", summary="Read the rules about changes", response_model=Envelope[list[RuleOut]]
)
async def read_change_rules(tx: Tx, _: Reader) -> dict[str, Any]:
    """What becomes of a change of plan, for the whole tenant; a plan's own rules come before."""
    return enveloped(await CatalogRepository(tx).change_rules())


@change_rules_router.put(
    "", summary="Set the rules about changes", response_model=Envelope[list[RuleOut]]
)
async def set_change_rules(body: RulesIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Replace all rules. The one that names old plan, new plan and direction closest decides."""
    rules = [rule.rule() for rule in body.rules]
    return enveloped(await CatalogService(tx).set_change_rules(rules))


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

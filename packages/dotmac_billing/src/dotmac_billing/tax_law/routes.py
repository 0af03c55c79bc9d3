"""`/tax-rules`, `/tax-registrations`, `/tax-categories`, `/tax-exemptions`, `/tax-withholdings`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.settings.schemas import CountryCode
from dotmac_billing.subscriptions.schemas import Day
from dotmac_billing.tax.models import (
    TaxCategory,
    TaxExemption,
    TaxRegistration,
    TaxRule,
    TaxWithholding,
)
from dotmac_billing.tax_law.repository import TaxLawRepository, holding_on
from dotmac_billing.tax_law.schemas import (
    TaxCategoryIn,
    TaxCategoryOut,
    TaxEndIn,
    TaxExemptionIn,
    TaxExemptionOut,
    TaxRegistrationIn,
    TaxRegistrationOut,
    TaxRuleIn,
    TaxRuleOut,
    TaxWithholdingIn,
    TaxWithholdingOut,
    columns,
)
from dotmac_billing.tax_law.service import TaxLawService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

rules_router = APIRouter(prefix="/tax-rules", tags=["Tax"])
registrations_router = APIRouter(prefix="/tax-registrations", tags=["Tax"])
categories_router = APIRouter(prefix="/tax-categories", tags=["Tax"])
exemptions_router = APIRouter(prefix="/tax-exemptions", tags=["Tax"])
withholdings_router = APIRouter(prefix="/tax-withholdings", tags=["Tax"])

Reader = Annotated[Principal, Depends(requires("tax:read"))]
Writer = Annotated[Principal, Depends(requires("tax:write"))]
Page = Annotated[PageParams, Depends()]
OnDay = Annotated[Day | None, Query(description="Only what holds on that day.")]


@rules_router.post(
    "", status_code=201, summary="Add a tax rule", response_model=Envelope[TaxRuleOut]
)
async def add_tax_rule(body: TaxRuleIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Say which tax is due somewhere from a day on. Issued invoices keep theirs."""
    return enveloped(await TaxLawService(tx).add_rule(body.new_rule()))


@rules_router.get("", summary="List tax rules", response_model=Listing[TaxRuleOut])
async def list_tax_rules(
    *,
    tx: Tx,
    page: Page,
    _: Reader,
    country: Annotated[CountryCode | None, Query()] = None,
    region: Annotated[str | None, Query(max_length=3)] = None,
    tax_code: Annotated[str | None, Query(max_length=64)] = None,
    product_category: Annotated[str | None, Query(max_length=64)] = None,
    on: OnDay = None,
) -> dict[str, Any]:
    """The tenant's rules in the order they were written."""
    wanted = {
        TaxRule.country: country,
        TaxRule.region: region,
        TaxRule.tax_code: tax_code,
        TaxRule.product_category: product_category,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if on is not None:
        conditions += holding_on(TaxRule, on)
    rows, total = await TaxLawRepository(tx).page(TaxRule, conditions, page.offset, page.per_page)
    return listing(rows, page, total)


@rules_router.post("/{rule_id}/end", summary="End a tax rule", response_model=Envelope[TaxRuleOut])
async def end_tax_rule(rule_id: UUID, body: TaxEndIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let it hold no more from a day on."""
    return enveloped(await TaxLawService(tx).end(TaxRule, rule_id, body.on))


@rules_router.delete("/{rule_id}", status_code=204, summary="Take back a mistaken tax rule")
async def take_back_tax_rule(rule_id: UUID, tx: Tx, _: Writer) -> Response:
    """As if it had never been. A rule that was right once is ended instead."""
    await TaxLawService(tx).take_back(rule_id)
    return Response(status_code=204)


@registrations_router.post(
    "",
    status_code=201,
    summary="Add a tax registration",
    response_model=Envelope[TaxRegistrationOut],
)
async def add_tax_registration(body: TaxRegistrationIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Say where the tenant collects tax from a day on."""
    return enveloped(await TaxLawService(tx).register(columns(body)))


@registrations_router.get(
    "", summary="List tax registrations", response_model=Listing[TaxRegistrationOut]
)
async def list_tax_registrations(tx: Tx, page: Page, _: Reader, on: OnDay = None) -> dict[str, Any]:
    """Where the tenant collects tax."""
    conditions = [] if on is None else holding_on(TaxRegistration, on)
    rows, total = await TaxLawRepository(tx).page(
        TaxRegistration, conditions, page.offset, page.per_page
    )
    return listing(rows, page, total)


@registrations_router.post(
    "/{registration_id}/end",
    summary="End a tax registration",
    response_model=Envelope[TaxRegistrationOut],
)
async def end_tax_registration(
    registration_id: UUID, body: TaxEndIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Collect tax there no more from a day on."""
    return enveloped(await TaxLawService(tx).end(TaxRegistration, registration_id, body.on))


@categories_router.post(
    "", status_code=201, summary="Add a tax category", response_model=Envelope[TaxCategoryOut]
)
async def add_tax_category(body: TaxCategoryIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let products be taxed alike; rules say how."""
    return enveloped(await TaxLawService(tx).add_category(**columns(body)))


@categories_router.get("", summary="List tax categories", response_model=Listing[TaxCategoryOut])
async def list_tax_categories(tx: Tx, page: Page, _: Reader) -> dict[str, Any]:
    """The tenant's categories of products."""
    rows, total = await TaxLawRepository(tx).page(TaxCategory, [], page.offset, page.per_page)
    return listing(rows, page, total)


@exemptions_router.post(
    "", status_code=201, summary="Add a tax exemption", response_model=Envelope[TaxExemptionOut]
)
async def add_tax_exemption(body: TaxExemptionIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Let a certificate free a customer of tax. Invoices name its reason and number."""
    return enveloped(await TaxLawService(tx).exempt(columns(body)))


@exemptions_router.get("", summary="List tax exemptions", response_model=Listing[TaxExemptionOut])
async def list_tax_exemptions(
    tx: Tx, page: Page, _: Reader, customer_id: UUID | None = None, on: OnDay = None
) -> dict[str, Any]:
    """Certificates of the tenant's customers."""
    conditions = [] if customer_id is None else [TaxExemption.customer_id == customer_id]
    if on is not None:
        conditions += holding_on(TaxExemption, on)
    rows, total = await TaxLawRepository(tx).page(
        TaxExemption, conditions, page.offset, page.per_page
    )
    return listing(rows, page, total)


@exemptions_router.post(
    "/{exemption_id}/end",
    summary="End a tax exemption",
    response_model=Envelope[TaxExemptionOut],
)
async def end_tax_exemption(
    exemption_id: UUID, body: TaxEndIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Let the certificate hold no more from a day on."""
    return enveloped(await TaxLawService(tx).end(TaxExemption, exemption_id, body.on))


@withholdings_router.post(
    "",
    status_code=201,
    summary="Add a withholding tax",
    response_model=Envelope[TaxWithholdingOut],
)
async def add_tax_withholding(body: TaxWithholdingIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Say what customers keep back for their tax office. The invoice's total stays what it is."""
    return enveloped(await TaxLawService(tx).withhold(columns(body)))


@withholdings_router.get(
    "", summary="List withholding taxes", response_model=Listing[TaxWithholdingOut]
)
async def list_tax_withholdings(
    tx: Tx, page: Page, _: Reader, customer_id: UUID | None = None
) -> dict[str, Any]:
    """What customers keep back."""
    conditions = [] if customer_id is None else [TaxWithholding.customer_id == customer_id]
    rows, total = await TaxLawRepository(tx).page(
        TaxWithholding, conditions, page.offset, page.per_page
    )
    return listing(rows, page, total)


@withholdings_router.post(
    "/{withholding_id}/end",
    summary="End a withholding tax",
    response_model=Envelope[TaxWithholdingOut],
)
async def end_tax_withholding(
    withholding_id: UUID, body: TaxEndIn, tx: Tx, _: Writer
) -> dict[str, Any]:
    """Let nothing be kept back by it from a day on."""
    return enveloped(await TaxLawService(tx).end(TaxWithholding, withholding_id, body.on))

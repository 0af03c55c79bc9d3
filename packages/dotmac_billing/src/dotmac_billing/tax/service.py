"""Reading tax law and buyers for whoever makes invoices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.service import CustomerService
from dotmac_billing.settings.service import settings_of
from dotmac_billing.tax.buyer import UNKNOWN_BUYER, Exemption, TaxBuyer
from dotmac_billing.tax.calculation import Calculation, LineToTax, calculation
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.place_of_supply import Seller
from dotmac_billing.tax.rates import TaxRates
from dotmac_billing.tax.repository import TaxRepository
from dotmac_billing.tax.rules import Registration, Rule, RuleBuyer, Scheme, Supply
from dotmac_billing.tax.withholding import Basis, Withholding
from dotmac_core_ops.database import clock_of


async def load_taxes(session: AsyncSession) -> Taxes:
    """All rates and rules of the session's tenant; read once for a whole run.

    A tenant that has no categories of products has no use for rules, and three queries are saved.
    """
    repository = TaxRepository(session)
    rates = await repository.rates()
    names = {row["code"]: row["name"] for row in rates}  # the latest name of each
    known = TaxRates((row["code"], row["valid_from"], row["rate"]) for row in rates)
    categories = {row["code"]: row["is_goods"] for row in await repository.categories()}
    if not categories:
        return Taxes(known, names)
    return Taxes(
        known,
        names,
        seller=await _seller(repository),
        categories=categories,
        rules=[_rule(row) for row in await repository.rules()],
    )


async def load_buyers(
    session: AsyncSession, customer_ids: Collection[UUID]
) -> dict[UUID, TaxBuyer]:
    """These customers as buyers, by id, in two queries; those there are none of are left out."""
    repository = TaxRepository(session)
    exemptions: dict[UUID, tuple[Exemption, ...]] = {}
    for row in await repository.exemptions(customer_ids):
        customer_id, *values = row
        exemptions[customer_id] = (*exemptions.get(customer_id, ()), Exemption(*values))
    buyers = {}
    for row in await repository.buyers(customer_ids):
        customer_id, *values = row
        buyers[customer_id] = TaxBuyer._make([*values, exemptions.get(customer_id, ())])
    return buyers


async def load_withholdings(session: AsyncSession, customer_id: UUID) -> list[Withholding]:
    """What this customer keeps back of invoices for its tax office; see `withholding.withheld`.

    Rules of its own go before those for everybody, for the same category of products.
    """
    rows = await TaxRepository(session).withholdings(customer_id)
    own = {row["product_category"] for row in rows if row["customer_id"] is not None}
    return [
        Withholding(
            row["name"],
            row["rate"],
            Basis(row["basis"]),
            row["product_category"],
            row["valid_from"],
            row["valid_until"],
        )
        for row in rows
        if row["customer_id"] is not None or row["product_category"] not in own
    ]


async def calculate_tax(
    session: AsyncSession,
    lines: Sequence[LineToTax],
    *,
    customer_id: UUID | None = None,
    buyer: TaxBuyer | None = None,
    currency: str | None = None,
    on: date | None = None,
) -> Calculation:
    """The tax on a document for a customer, or for a buyer whom billing does not know.

    `currency` None is the customer's or the tenant's, `on` None today there.

    Raises:
        BillingCustomerNotFoundError: billing does not know the customer.
        TaxRateMissingError, TaxRuleMissingError, TaxSellerUnknownError: see `Taxes.treatment`.
        InvalidCurrencyError: not an ISO 4217 currency.
    """
    settings = await settings_of(session)
    zone, withholdings = settings.time_zone, []
    if customer_id is not None:
        customer = await CustomerService(session).get(customer_id)
        zone, currency = customer.time_zone, currency or customer.currency
        buyer = (await load_buyers(session, [customer_id]))[customer_id]
        withholdings = await load_withholdings(session, customer_id)
    return calculation(
        lines,
        taxes=await load_taxes(session),
        buyer=buyer or UNKNOWN_BUYER,
        withholdings=withholdings,
        currency=currency or settings.currency,
        on=on or clock_of(session).today(zone),
        rounding=settings.tax_rounding,
    )


async def _seller(repository: TaxRepository) -> Seller:
    row = await repository.seller()
    if row is None:
        return Seller()
    registrations = tuple(
        Registration(
            each["country"],
            each["region"],
            Scheme(each["scheme"]),
            each["valid_from"],
            each["valid_until"],
        )
        for each in await repository.registrations()
    )
    return Seller(row["country"], row["seller_region"], row["seller_postal_code"], registrations)


def _rule(row: asyncpg.Record) -> Rule:
    values = dict(row)
    values["buyer"] = _BUYERS[values["buyer"]]
    values["supply"] = _SUPPLIES[values["supply"]]
    return Rule(**values)


# A lookup costs a third of what calling the enum does, and there may be tens of thousands of rules.
_BUYERS = {each.value: each for each in RuleBuyer}
_SUPPLIES = {each.value: each for each in Supply}

"""What must be known to bill subscriptions, read for many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.invoicing.charging import BilledItem
from dotmac_billing.invoicing.draft import DueSubscription
from dotmac_billing.tax.rates import TaxRates
from dotmac_core_ops.database import driver_connection

SUBSCRIPTION_COLUMNS = """
s.id, s.customer_id, s.currency, s.cycle, s.timing, s.time_zone, s.start_on, s.anchor_on,
s.end_on, s.next_period, s.next_bill_on, c.payment_terms_days
"""

_SUBSCRIPTION = f"""
SELECT {SUBSCRIPTION_COLUMNS} FROM billing.subscriptions s
JOIN billing.customers c ON c.id = s.customer_id WHERE s.id = $1
"""  # noqa: S608 (names of our own)

# Joined to the wanted ids, not compared with an array; see the payments' repository.
# A quantity of 1 comes as null: it is what nearly all are, and a decimal is slow to read.
_ITEMS = """
SELECT i.subscription_id, i.id, i.component_id, i.description, i.kind = 'one_time',
       NULLIF(i.quantity, 1), i.agreed_price, i.starts_on, i.ends_on
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.subscription_items i ON i.subscription_id = wanted.id
ORDER BY i.subscription_id, i.position
"""
_COMPONENTS = """
SELECT id, unit_price, tax_code FROM billing.price_components WHERE id = ANY($1::uuid[])
"""
_RATES = "SELECT code, valid_from, rate FROM billing.tax_rates"
_CUSTOMER = (
    "SELECT id, currency, time_zone, payment_terms_days FROM billing.customers WHERE id = $1"
)

_ONE = Decimal(1)
_CYCLES = {cycle.value: cycle for cycle in BillingCycle}
_TIMINGS = {timing.value: timing for timing in BillingTiming}


class ComponentPrices(dict[UUID, tuple[Any, str | None]]):
    """List price and tax code by component. Components never change, so it can be kept."""


def due_subscription(row: asyncpg.Record) -> DueSubscription:
    """A row of `SUBSCRIPTION_COLUMNS`."""
    values = list(row)
    values[3], values[4] = _CYCLES[values[3]], _TIMINGS[values[4]]
    return DueSubscription._make(values)


class BillingRepository:
    """Reads the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def subscription(self, subscription_id: UUID) -> DueSubscription | None:
        """One subscription with its customer's terms."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_SUBSCRIPTION, subscription_id)
        return None if row is None else due_subscription(row)

    async def customer(self, customer_id: UUID) -> asyncpg.Record | None:
        """Currency, zone and terms of a customer."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_CUSTOMER, customer_id)

    async def items(
        self, subscription_ids: Collection[UUID], prices: ComponentPrices
    ) -> Mapping[UUID, list[BilledItem]]:
        """Items by subscription, in their order. Prices not in `prices` yet are read and added."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(_ITEMS, list(subscription_ids))
        missing = {row[2] for row in rows} - prices.keys()
        if missing:
            for row in await connection.fetch(_COMPONENTS, list(missing)):
                prices[row[0]] = (row[1], row[2])
        found: dict[UUID, list[BilledItem]] = {}
        for owner, item_id, component_id, text, one_time, quantity, agreed, starts, ends in rows:
            list_price, tax_code = prices[component_id]
            item = BilledItem(
                item_id,
                component_id,
                text,
                one_time,
                _ONE if quantity is None else quantity,
                list_price,
                agreed,
                tax_code,
                starts,
                ends,
            )
            if owner in found:
                found[owner].append(item)
            else:
                found[owner] = [item]
        return found

    async def rates(self) -> TaxRates:
        """All tax rates."""
        connection = await driver_connection(self._session)
        return TaxRates(tuple(row) for row in await connection.fetch(_RATES))

"""What must be known to bill subscriptions, read for many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.billed import Billed, BilledPeriods, UsageKey
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem, Priced, priced
from dotmac_billing.catalog.service import components
from dotmac_billing.pending.models import WAITS
from dotmac_billing.settings.due import DueRule
from dotmac_core_ops.database import driver_connection
from dotmac_core_ops.errors import DomainError

# As `Subscription.days` has it: nothing is billed past a trial that waits for a way to pay. Nearly
# all subscriptions are through with the first condition.
_END_ON = """
CASE WHEN s.trial_without_method IS NOT NULL AND (
  s.status = 'paused' AND s.paused_on = s.trial_end_on
  OR s.status IN ('pending', 'trialing') AND NOT (
    SELECT h.has_payment_method FROM billing.customers h WHERE h.id = s.customer_id))
THEN least(s.end_on, s.trial_end_on) ELSE s.end_on END AS end_on
"""
SUBSCRIPTION_COLUMNS = f"""
s.id, s.customer_id, coalesce(s.payer_id, s.customer_id) AS payer_id, s.invoice_group, s.currency,
s.time_zone, s.anchor_on, s.start_on, {_END_ON}, s.billed_on, s.next_bill_on,
c.payment_terms_days, c.version, c.due_rule
"""
PAYER = "billing.customers c ON c.id = coalesce(s.payer_id, s.customer_id)"
"""Whom the invoice is for, to be joined to subscriptions `s`."""

_SUBSCRIPTIONS = f"""
SELECT {SUBSCRIPTION_COLUMNS} FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.subscriptions s ON s.id = wanted.id JOIN {PAYER} ORDER BY s.id
"""  # noqa: S608 (names of our own)

# A payer for whom something waits that belongs to no subscription of theirs.
_PAYERS = """
SELECT c.id, c.id AS customer_id, c.id AS payer_id, c.id AS invoice_group, c.currency, c.time_zone,
       c.created_at::date AS anchor_on, c.created_at::date AS start_on, NULL::date AS end_on,
       NULL::date AS billed_on, NULL::date AS next_bill_on, c.payment_terms_days, c.version,
       c.due_rule
FROM unnest($1::uuid[]) AS wanted(id) JOIN billing.customers c ON c.id = wanted.id ORDER BY c.id
"""
# Joined to the wanted ids, not compared with an array; see the payments' repository.
# A quantity of 1 comes as null: it is what nearly all are, and a decimal is slow to read.
_ITEMS = """
SELECT i.subscription_id, i.id, i.component_id, i.description, NULLIF(i.quantity, 1),
       i.agreed_price, i.percent_off, i.kind = 'one_time', i.anchor_on, i.starts_on, i.ends_on
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.subscription_items i ON i.subscription_id = wanted.id
ORDER BY i.subscription_id, i.position
"""
_PLANS = """
SELECT c.id, v.plan_id FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.price_components c ON c.id = wanted.id
JOIN billing.plan_versions v ON v.id = c.plan_version_id
"""
_CUSTOMER = """
SELECT id, currency, time_zone, payment_terms_days, due_rule, version
FROM billing.customers WHERE id = $1
"""
_TREATMENTS = """
SELECT l.id AS line_id, t.treatment, t.tax_code, t.name, t.rate, t.is_compound, t.category,
       t.jurisdiction, t.exemption_reason, t.exemption_code
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.invoice_lines l ON l.id = wanted.id
JOIN billing.invoice_taxes t ON t.invoice_id = l.invoice_id AND t.treatment = l.tax_code
  AND t.line_rate = l.tax_rate
ORDER BY l.id, t.id
"""
# Most tenants use few of these; one question spares several that nearly always find nothing.
IN_USE_COLUMNS = f"""
EXISTS (SELECT FROM billing.pending_lines WHERE {WAITS}) AS waiting,
EXISTS (SELECT FROM billing.coupon_redemptions) AS coupons,
EXISTS (SELECT FROM billing.wallet_grants WHERE remaining > 0) AS wallets,
EXISTS (SELECT FROM billing.usage_late WHERE settled_at IS NULL) AS late_usage,
EXISTS (SELECT FROM billing.tax_exemptions) AS exemptions,
EXISTS (SELECT FROM billing.interim_periods WHERE settled_at IS NULL) AS interim
"""  # noqa: S608 (text of our own)
"""What `InUse` says; asked once for a statement, however many rows it has."""

_IN_USE = f"SELECT {IN_USE_COLUMNS}"
# What of a period was billed, in the terms of the price: credits for it have another kind. What is
# void was not billed: its usage is rated again, or its line waits for another invoice.
_BILLED = f"""
WITH late AS (
  SELECT DISTINCT l.item_id, l.period_start
  FROM unnest($1::uuid[], $2::date[]) AS wanted(item_id, day)
  JOIN billing.invoice_lines l ON l.item_id = wanted.item_id AND l.period_end > wanted.day
    AND l.period_start <= wanted.day AND l.kind IN ('usage', 'minimum', 'adjustment')
), billed AS (
  SELECT l.item_id, l.period_start, l.period_end, coalesce(l.gross, l.net) AS amount, l.discount,
         l.quantity, l.kind
  FROM late JOIN billing.invoice_lines l USING (item_id, period_start)
  JOIN billing.invoice_balances b ON b.id = l.invoice_id
  WHERE l.kind IN ('usage', 'minimum', 'adjustment') AND b.status <> 'void'
  UNION ALL
  SELECT p.item_id, p.period_start, p.period_end, p.amount, p.own_off, p.quantity, p.kind
  FROM late JOIN billing.pending_lines p USING (item_id, period_start)
  WHERE p.kind IN ('usage', 'minimum', 'adjustment') AND {WAITS}
)
SELECT item_id, period_start, max(period_end) AS period_end, sum(amount) AS amount,
       sum(discount) AS discount,
       coalesce(sum(quantity) FILTER (WHERE kind <> 'minimum'), 0) AS quantity
FROM billed GROUP BY item_id, period_start
"""  # noqa: S608 (text of our own)
# Periods of which a part has been billed before their end, while the rest is still to come.
_INTERIM = """
SELECT p.subscription_id, p.item_id, p.period_start FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.interim_periods p ON p.subscription_id = wanted.id AND p.settled_at IS NULL
ORDER BY p.item_id, p.period_start
"""
_ONE = Decimal(1)


class Prices(dict[tuple[UUID, str], Priced | DomainError]):
    """Compiled prices by component and currency, or why there is none.

    Components never change, so it can be kept.
    """


class Items(NamedTuple):
    """Items by subscription, in their order, and the subscriptions with an item without price."""

    of: dict[UUID, list[BilledItem]]
    broken: dict[UUID, DomainError]


def due_subscription(row: Iterable[Any]) -> DueSubscription:
    """A row of `SUBSCRIPTION_COLUMNS`."""
    found = DueSubscription._make(row)
    if found.due_rule is None:  # nearly always
        return found
    return found._replace(due_rule=DueRule(found.due_rule))


class InUse(NamedTuple):
    """What there is besides subscriptions: waiting lines, coupons, credit in wallets, and so on."""

    waiting: bool
    coupons: bool
    wallets: bool
    late_usage: bool
    exemptions: bool
    interim: bool


class AssemblyRepository:
    """Reads the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def subscriptions(self, ids: Collection[UUID]) -> list[DueSubscription]:
        """Subscriptions with their payer's terms."""
        connection = await driver_connection(self._session)
        return [due_subscription(row) for row in await connection.fetch(_SUBSCRIPTIONS, list(ids))]

    async def payers(self, customer_ids: Collection[UUID]) -> list[DueSubscription]:
        """Customers as if each were a subscription without any item."""
        connection = await driver_connection(self._session)
        return [
            due_subscription(row) for row in await connection.fetch(_PAYERS, list(customer_ids))
        ]

    async def in_use(self) -> InUse:
        """What there is to be asked for."""
        connection = await driver_connection(self._session)
        row = await connection.fetchrow(_IN_USE)
        assert row is not None
        return InUse._make(row)

    async def customer(self, customer_id: UUID) -> asyncpg.Record | None:
        """Currency, zone and terms of a customer."""
        connection = await driver_connection(self._session)
        return await connection.fetchrow(_CUSTOMER, customer_id)

    async def items(self, subscriptions: Collection[DueSubscription], prices: Prices) -> Items:
        """Items by subscription. Prices not in `prices` yet are read and added."""
        connection = await driver_connection(self._session)
        currencies = {one.id: one.currency for one in subscriptions}
        rows = await connection.fetch(_ITEMS, list(currencies))
        wanted = {(row[2], currencies[row[0]]) for row in rows} - prices.keys()
        if wanted:
            await self._read_prices(wanted, prices)
        found: dict[UUID, list[BilledItem]] = {}
        broken: dict[UUID, DomainError] = {}
        for row in rows:
            owner, item_id, component_id, text, quantity, agreed, off, once, anchor, *window = row
            price = prices[component_id, currencies[owner]]
            if isinstance(price, DomainError):
                broken[owner] = price
                continue
            item = BilledItem(
                item_id,
                price,
                text,
                _ONE if quantity is None else quantity,
                agreed,
                off,
                price.component.cycle,
                price.component.timing,
                once,
                anchor,
                *window,
            )
            if owner in found:
                found[owner].append(item)
            else:
                found[owner] = [item]
        return Items(found, broken)

    async def _read_prices(self, wanted: set[tuple[UUID, str]], prices: Prices) -> None:
        connection = await driver_connection(self._session)
        ids = list({component_id for component_id, _ in wanted})
        read = await components(self._session, ids)
        plans = {row[0]: row[1] for row in await connection.fetch(_PLANS, ids)}
        for component_id, currency in wanted:
            try:
                price: Priced | DomainError = priced(
                    read[component_id], plans[component_id], currency
                )
            except DomainError as error:
                price = error
            prices[component_id, currency] = price

    async def billed(self, days: Collection[tuple[UUID, date]]) -> BilledPeriods:
        """What items were billed for usage of the periods that those days of theirs lie in."""
        connection = await driver_connection(self._session)
        found: dict[UUID, dict[date, Billed]] = {}
        for row in await connection.fetch(_BILLED, *map(list, zip(*days, strict=True))):
            found.setdefault(row["item_id"], {})[row["period_start"]] = Billed(
                row["amount"], row["discount"], row["quantity"], row["period_end"]
            )
        return found

    async def interim(self, subscription_ids: Collection[UUID]) -> list[UsageKey]:
        """The running periods of which a part has been billed: subscription, item, first day."""
        connection = await driver_connection(self._session)
        return [tuple(row) for row in await connection.fetch(_INTERIM, list(subscription_ids))]

    async def treatments(self, line_ids: Collection[UUID]) -> list[dict[str, Any]]:
        """The taxes that issued lines bear, one row for each line and tax, in their order."""
        connection = await driver_connection(self._session)
        return [dict(row) for row in await connection.fetch(_TREATMENTS, list(line_ids))]

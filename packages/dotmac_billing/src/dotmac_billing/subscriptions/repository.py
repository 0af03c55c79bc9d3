"""Queries of subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.catalog.models import PlanVersion, PriceComponent
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming, ComponentKind
from dotmac_billing.mapped_base import table_of
from dotmac_billing.subscriptions.models import Subscription, SubscriptionItem
from dotmac_billing.subscriptions.starting import Payer
from dotmac_billing.subscriptions.states import SubscriptionStatus
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_billing.subscriptions.writing import StartedRows
from dotmac_core_ops.database import TableRows, copy_tables, driver_connection

COLUMNS = (
    *("id", "number", "customer_id", "plan_version_id", "currency", "cycle", "timing"),
    *("time_zone", "start_on", "anchor_on", "end_on", "status", "external_id"),
    *("next_bill_on", "cancelled_at", "created_at", "version"),
)
ITEM_COLUMNS = (
    *("id", "subscription_id", "component_id", "position", "description", "kind", "quantity"),
    *("agreed_price", "starts_on", "ends_on"),
)
# What most subscriptions and items leave empty; left out of an insert when all of them do.
TERM_COLUMNS = (
    *("payer_id", "invoice_group", "term_months", "term_end_on", "renews", "trial_end_on"),
    *("trial_without_method", "transferred_from_id"),
)
WINDOW_COLUMNS = ("anchor_on", "phase", "percent_off", "replaces_item_id")
_NO_TERMS = (None, None, None, None, True, None, None, None)
_NO_WINDOW = (None, None, None, None)
SORTS = {
    "created_at": Subscription.created_at,
    "start_on": Subscription.start_on,
    "next_bill_on": Subscription.next_bill_on,
    "number": Subscription.number,
}

# On the path of every change, hence not through the ORM.
_WINDOWS = """
SELECT i.subscription_id, c.plan_version_id, i.id, i.component_id, i.position, i.description,
       i.kind, i.quantity, coalesce(c.cycle, v.cycle),
       CASE WHEN i.kind = 'usage' THEN 'arrears' ELSE coalesce(c.timing, v.timing) END,
       i.agreed_price, i.starts_on, i.ends_on, i.anchor_on, i.phase, i.percent_off,
       i.replaces_item_id
FROM unnest($1::uuid[]) AS wanted(id)
JOIN billing.subscription_items i ON i.subscription_id = wanted.id
JOIN billing.price_components c ON c.id = i.component_id
JOIN billing.plan_versions v ON v.id = c.plan_version_id
ORDER BY i.subscription_id, i.position
"""

WARNED_DAYS = 3
"""How many days ahead the end of a trial is announced."""

# States that time alone brings about, judged by the day it is in the subscription's own zone. A
# trial that waits for a way to pay ends or is paused, as its plan says.
_ROLL = """
WITH standing AS (
  SELECT s.*, ($1::timestamptz AT TIME ZONE s.time_zone)::date AS today,
         s.trial_without_method IS NOT NULL AND NOT c.has_payment_method AS is_held
  FROM billing.subscriptions s JOIN billing.customers c ON c.id = s.customer_id
  WHERE s.status IN ('pending', 'trialing', 'active', 'paused')
  ORDER BY s.id FOR NO KEY UPDATE OF s
), moved AS (
  SELECT *, CASE
    WHEN end_on <= today THEN CASE WHEN cancelled_at IS NULL THEN 'expired' ELSE 'cancelled' END
    WHEN status = 'pending' AND start_on <= today THEN
      CASE WHEN trial_end_on IS NOT NULL AND (today < trial_end_on OR is_held) THEN 'trialing'
           ELSE 'active' END
    WHEN status = 'trialing' AND trial_end_on <= today THEN
      CASE WHEN NOT is_held THEN 'active' WHEN trial_without_method = 'cancel' THEN 'cancelled'
           ELSE 'paused' END
    WHEN status = 'active' AND paused_on <= today AND (resume_on IS NULL OR today < resume_on)
      THEN 'paused'
    WHEN status = 'paused' AND resume_on <= today THEN 'active'
    ELSE status END AS becomes
  FROM standing
)
UPDATE billing.subscriptions s SET status = m.becomes, version = s.version + 1,
  paused_on = CASE WHEN m.resume_on <= m.today THEN NULL
    WHEN m.status = 'trialing' AND m.becomes = 'paused' THEN s.trial_end_on
    ELSE s.paused_on END,
  resume_on = CASE WHEN m.resume_on <= m.today THEN NULL ELSE s.resume_on END,
  end_on = CASE WHEN m.becomes = 'cancelled' AND m.status = 'trialing'
    THEN coalesce(s.end_on, s.trial_end_on) ELSE s.end_on END,
  cancelled_at = CASE WHEN m.becomes = 'cancelled' THEN coalesce(s.cancelled_at, $1)
    ELSE s.cancelled_at END,
  cancel_reason = CASE WHEN m.becomes = 'cancelled' AND s.cancelled_at IS NULL
    THEN 'no payment method' ELSE s.cancel_reason END
FROM moved m WHERE m.id = s.id AND (m.becomes <> m.status OR m.resume_on <= m.today)
RETURNING s.id, s.customer_id, s.number, m.status AS before, s.status, s.end_on, m.resume_on,
  m.end_on AS agreed_end_on
"""
_TERMS_OVER = """
SELECT s.id, s.customer_id, s.number, coalesce(s.trial_end_on, s.start_on) AS base,
       s.term_end_on, s.term_months, ($1::timestamptz AT TIME ZONE s.time_zone)::date AS today
FROM billing.subscriptions s
WHERE s.status = 'active' AND s.renews AND s.end_on IS NULL
  AND s.term_end_on <= ($1::timestamptz AT TIME ZONE s.time_zone)::date
ORDER BY s.id FOR NO KEY UPDATE
"""
_NEW_TERMS = """
UPDATE billing.subscriptions s SET term_end_on = t.term_end_on, version = s.version + 1
FROM unnest($1::uuid[], $2::date[]) AS t(id, term_end_on) WHERE s.id = t.id
"""
_TRIALS_ENDING = """
UPDATE billing.subscriptions s SET trial_warned_at = $1
FROM billing.customers c
WHERE c.id = s.customer_id AND s.status = 'trialing' AND s.trial_warned_at IS NULL
  AND s.cancelled_at IS NULL
  AND s.trial_end_on <= ($1::timestamptz AT TIME ZONE s.time_zone)::date + $2::int
RETURNING s.id, s.customer_id, s.number, s.trial_end_on, c.has_payment_method
"""


@dataclass(frozen=True)
class SubscriptionFilter:
    """Which subscriptions are wanted; None does not narrow. `due_before` excludes its day."""

    customer_id: UUID | None = None
    plan_id: UUID | None = None
    status: SubscriptionStatus | None = None
    due_before: date | None = None
    external_id: str | None = None


class SubscriptionRepository:
    """Subscriptions of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, subscription_id: UUID, *, locked: bool = False) -> Subscription | None:
        """The subscription of that id; with `locked`, neither bill run nor anybody changes it."""
        statement = sa.select(Subscription).where(Subscription.id == subscription_id)
        if locked:
            statement = statement.with_for_update(key_share=True).execution_options(
                populate_existing=True
            )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def hold(self, subscription_ids: Collection[UUID]) -> Sequence[Subscription]:
        """Those that there are, by id: neither bill run nor anybody changes them meanwhile."""
        wanted = (
            sa.func.unnest(sa.bindparam("ids", list(subscription_ids), sa.ARRAY(sa.Uuid())))
            .table_valued("id")
            .render_derived()
        )
        query = sa.select(Subscription).join(wanted, wanted.c.id == Subscription.id)
        query = query.order_by(Subscription.id).with_for_update(key_share=True, of=Subscription)
        found = await self._session.scalars(query.execution_options(populate_existing=True))
        return found.all()

    async def owners(self, subscription_ids: Collection[UUID]) -> set[UUID]:
        """The customers that these subscriptions are of."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            "SELECT s.customer_id FROM unnest($1::uuid[]) AS wanted(id) "
            "JOIN billing.subscriptions s ON s.id = wanted.id",
            list(subscription_ids),
        )
        return {row["customer_id"] for row in rows}

    async def items(
        self, subscription_id: UUID
    ) -> Sequence[sa.Row[SubscriptionItem, PriceComponent]]:
        """Its items with their components, in order."""
        found = await self._session.execute(
            sa.select(SubscriptionItem, PriceComponent)
            .join(PriceComponent, PriceComponent.id == SubscriptionItem.component_id)
            .where(SubscriptionItem.subscription_id == subscription_id)
            .order_by(SubscriptionItem.position)
        )
        return found.all()

    async def windows(
        self, subscription_ids: Collection[UUID]
    ) -> dict[UUID, list[tuple[UUID, ItemWindow]]]:
        """All items of these subscriptions in order, each with the version of its component."""
        connection = await driver_connection(self._session)
        found: dict[UUID, list[tuple[UUID, ItemWindow]]] = {}
        for row in await connection.fetch(_WINDOWS, list(subscription_ids)):
            owner, version_id, *values = row
            values[4] = ComponentKind(values[4])
            values[6], values[7] = BillingCycle(values[6]), BillingTiming(values[7])
            found.setdefault(owner, []).append((version_id, ItemWindow(*values)))
        return found

    async def hold_payers(self, customer_ids: Collection[UUID]) -> dict[UUID, Payer]:
        """These customers, held until the transaction ends; always in one order, so no deadlock."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            # Joined to the wanted ids, not compared with an array; see the payments' repository.
            "SELECT c.id, c.currency, c.time_zone, c.has_payment_method, c.parent_id, "
            "CASE WHEN coalesce(p.consolidate, c.consolidate) THEN coalesce(p.id, c.id) END "
            "FROM unnest($1::uuid[]) AS wanted(id) "
            "JOIN billing.customers c ON c.id = wanted.id "
            "LEFT JOIN billing.customers p ON p.id = c.parent_id "
            "ORDER BY c.id FOR NO KEY UPDATE OF c",
            list(customer_ids),
        )
        return {row[0]: Payer(*row[1:]) for row in map(tuple, rows)}

    async def by_external_id(self, external_ids: Collection[str]) -> dict[str, UUID]:
        """External id → id of the subscriptions that have one of these."""
        connection = await driver_connection(self._session)
        rows = await connection.fetch(
            "SELECT s.external_id, s.id FROM unnest($1::text[]) AS wanted(external_id) "
            "JOIN billing.subscriptions s ON s.external_id = wanted.external_id",
            list(external_ids),
        )
        return {row["external_id"]: row["id"] for row in rows}

    async def add(self, rows: StartedRows, log: TableRows) -> None:
        """Insert `rows` and `log`."""
        await copy_tables(
            self._session,
            [
                _wide(Subscription, COLUMNS, rows.subscriptions, TERM_COLUMNS, rows.terms),
                _wide(SubscriptionItem, ITEM_COLUMNS, rows.items, WINDOW_COLUMNS, rows.windows),
                log,
            ],
        )

    async def unended(self, customer_id: UUID) -> list[UUID]:
        """The customer's subscriptions that run, wait to begin, or are paused."""
        query = sa.select(Subscription.id).where(
            Subscription.customer_id == customer_id,
            Subscription.status.in_(
                (
                    *(SubscriptionStatus.PENDING, SubscriptionStatus.TRIALING),
                    *(SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED),
                )
            ),
        )
        return list(await self._session.scalars(query.order_by(Subscription.id)))

    async def trials(self, customer_id: UUID) -> list[UUID]:
        """The customer's subscriptions whose trial is to come or under way, in order of ids."""
        found = await self._session.execute(
            sa.select(Subscription.id)
            .where(
                Subscription.customer_id == customer_id,
                Subscription.trial_without_method.is_not(None),
                Subscription.status.in_([SubscriptionStatus.PENDING, SubscriptionStatus.TRIALING]),
            )
            .order_by(Subscription.id)
        )
        return list(found.scalars())

    async def roll(self, now: datetime) -> list[asyncpg.Record]:
        """Let states follow time; what changed, with the state before."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_ROLL, now)

    async def terms_over(self, now: datetime) -> list[asyncpg.Record]:
        """Subscriptions whose term is over and goes on, held until the transaction ends."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_TERMS_OVER, now)

    async def renew(self, terms: Sequence[tuple[UUID, date | None]]) -> None:
        """Set when terms (subscription, first day after) are over next."""
        connection = await driver_connection(self._session)
        await connection.execute(_NEW_TERMS, *map(list, zip(*terms, strict=True)))

    async def warn_of_trials(self, now: datetime) -> list[asyncpg.Record]:
        """Trials that end within `WARNED_DAYS` and were not announced yet; they are now."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_TRIALS_ENDING, now, WARNED_DAYS)

    async def page(
        self, wanted: SubscriptionFilter, *, sort: str, descending: bool, offset: int, limit: int
    ) -> tuple[list[Subscription], int]:
        """A page of matching subscriptions and the number of all that match."""
        conditions = list(_conditions(wanted))
        column = SORTS[sort]
        order = (
            (column.desc().nulls_last(), Subscription.id.desc())
            if descending
            else (column, Subscription.id)
        )
        rows = await self._session.execute(
            sa.select(Subscription).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = await self._session.execute(
            sa.select(sa.func.count()).select_from(Subscription).where(*conditions)
        )
        return list(rows.scalars()), total.scalar_one()


def _wide(
    model: type[Subscription | SubscriptionItem],
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    more: tuple[str, ...],
    values: Sequence[tuple[Any, ...]],
) -> TableRows:
    """Rows with the columns that are rarely filled, when any of them is."""
    if all(one in (_NO_TERMS, _NO_WINDOW) for one in values):
        return TableRows(table_of(model), columns, rows)
    joined = [row + rest for row, rest in zip(rows, values, strict=True)]
    return TableRows(table_of(model), columns + more, joined)


def _conditions(wanted: SubscriptionFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.customer_id is not None:
        conditions.append(Subscription.customer_id == wanted.customer_id)
    if wanted.plan_id is not None:
        versions = sa.select(PlanVersion.id).where(PlanVersion.plan_id == wanted.plan_id)
        conditions.append(Subscription.plan_version_id.in_(versions))
    if wanted.status is not None:
        conditions.append(Subscription.status == wanted.status)
    if wanted.due_before is not None:
        conditions.append(Subscription.next_bill_on < wanted.due_before)
    if wanted.external_id is not None:
        conditions.append(Subscription.external_id == wanted.external_id)
    return conditions

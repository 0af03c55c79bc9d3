"""Queries of subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

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
    *("time_zone", "start_on", "anchor_on", "end_on", "status", "external_id", "next_period"),
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

# States that time alone brings about, judged by the day it is in the subscription's own zone.
_ROLL = """
WITH due AS (
  SELECT id, end_on IS NOT NULL AND end_on <= ($1::timestamptz AT TIME ZONE time_zone)::date AS over
  FROM billing.subscriptions
  WHERE (status = 'pending' AND start_on <= ($1::timestamptz AT TIME ZONE time_zone)::date)
     OR (status IN ('pending', 'active')
         AND end_on <= ($1::timestamptz AT TIME ZONE time_zone)::date)
  ORDER BY id FOR NO KEY UPDATE)
UPDATE billing.subscriptions s
SET status = CASE WHEN NOT due.over THEN 'active' WHEN cancelled_at IS NULL THEN 'expired'
             ELSE 'cancelled' END, version = version + 1
FROM due WHERE s.id = due.id
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

    async def roll(self, now: datetime) -> int:
        """Let those begin whose day has come, and end those whose day is over; how many changed."""
        connection = await driver_connection(self._session)
        status = await connection.execute(_ROLL, now)
        return int(status.rsplit(" ", 1)[-1])

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

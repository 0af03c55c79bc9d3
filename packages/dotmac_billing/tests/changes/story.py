"""A tenant's story: each step is a transaction of its own, as it would be in life."""

# ruff: noqa: ANN401 (what a builder takes is passed through)

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books, run_billing
from dotmac_billing.catalog.plan import NewComponent, PublishedPlan
from dotmac_billing.catalog.terms import ChargeModel
from dotmac_billing.changes.plan_of_change import ChangeMade
from dotmac_billing.changes.wanted import (
    AddItems,
    SetItem,
    Target,
    WantedItems,
    WantedPlan,
    When,
)
from dotmac_billing.lifecycle.service import LifecycleService
from dotmac_billing.modifications.service import ModificationService
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.service import SubscriptionService
from dotmac_billing.testing import plan, subscribed
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

T = TypeVar("T")
NOV_1, TODAY, DEC_1 = date(2026, 11, 1), date(2026, 11, 20), date(2026, 12, 1)
Row = tuple[Any, ...]


@dataclass
class Story:
    """What happens to the tenant's subscriptions, and what can be seen of it."""

    database: Database
    tenant: Tenant
    clock: FrozenClock

    async def do(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        return await self.database.run(self.tenant.id, work)

    async def plan(self, price: str = "30.00", **terms: Any) -> PublishedPlan:
        return await self.do(lambda session: plan(session, price=price, **terms))

    async def priced(self, *components: NewComponent, **terms: Any) -> PublishedPlan:
        return await self.do(lambda session: plan(session, components=components, **terms))

    async def subscribed(self, to: PublishedPlan, since: date = NOV_1, **how: Any) -> UUID:
        return await self.do(lambda session: subscribed(session, plan=to, since=since, **how))

    async def bill(self, through: date = TODAY) -> None:
        result = await run_billing(self.database, self.tenant.id, through, historical=True)
        assert result.failures == []

    async def get(self, subscription_id: UUID) -> Subscription:
        return await self.do(lambda session: SubscriptionService(session).get(subscription_id))

    async def change_plan(
        self, subscription_id: UUID, to: PublishedPlan, when: When | None = None
    ) -> ChangeMade:
        wanted = WantedPlan(to.id)
        return await self.do(
            lambda session: ModificationService(session).change_plan(
                subscription_id, wanted, when or When()
            )
        )

    async def change(
        self, subscription_id: UUID, when: When | None = None, **wanted: Any
    ) -> ChangeMade:
        return await self.do(
            lambda session: ModificationService(session).change_items(
                subscription_id, WantedItems(**wanted), when or When()
            )
        )

    async def set_quantity(
        self, subscription_id: UUID, quantity: int, when: When | None = None
    ) -> ChangeMade:
        change = SetItem(Target("seat"), Decimal(quantity))
        return await self.change(subscription_id, when, set=(change,))

    async def add(
        self, subscription_id: UUID, add_on: PublishedPlan, when: When | None = None
    ) -> ChangeMade:
        more = AddItems(plan_version_id=add_on.id)
        return await self.change(subscription_id, when, add=(more,))

    async def rows(self, query: str) -> list[Row]:
        async def read(session: AsyncSession) -> list[Row]:
            return [tuple(row) for row in await session.execute(sa.text(query))]

        return await self.do(read)

    async def invoiced(self) -> list[tuple[date, Decimal]]:
        """The day and the net amount of every invoice, in their order."""
        rows = await self.rows("SELECT issued_on, net FROM billing.invoices ORDER BY sequence")
        return [(row[0], row[1]) for row in rows]

    async def windows(self) -> list[Row]:
        """Every item that has a day: text, quantity, first day, last day excluded."""
        return await self.rows(
            "SELECT description, quantity, starts_on, ends_on FROM billing.subscription_items "
            "WHERE starts_on IS NULL OR ends_on IS NULL OR ends_on > starts_on ORDER BY position"
        )

    async def revenue(self, on: date) -> Decimal:
        rows = await self.rows("SELECT occurred_on, amount FROM billing.mrr_movements")
        return sum((row[1] for row in rows if row[0] <= on), Decimal(0))

    async def check(self) -> None:
        found = await self.do(check_books)
        assert not found, found


def amounts(made: ChangeMade) -> list[Decimal]:
    return [line.amount for line in made.lines]


def share(price: str, days: int, of: int) -> Decimal:
    return (Decimal(price) * days / of).quantize(Decimal("0.01"))


def seats(price: str = "3.00") -> Sequence[NewComponent]:
    return (NewComponent("seat", "Seat", Decimal(price), model=ChargeModel.PER_UNIT),)


async def did(story: Story, work: Callable[[LifecycleService], Awaitable[T]]) -> T:
    async def run(session: AsyncSession) -> T:
        return await work(LifecycleService(session))

    return await story.do(run)

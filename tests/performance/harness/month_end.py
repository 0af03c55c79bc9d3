"""A month's end: subscriptions with a flat price, graduated usage, tax, coupons, changes of plan.

What each of them must be billed is worked out here from what was reported, by other means than the
product's: plain arithmetic over plain events.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    Aggregation,
    BillingCycle,
    ChargeModel,
    ComponentKind,
    NewComponent,
    NewMeter,
    NewPlan,
    NewTerms,
    StartSubscription,
    UsageEvent,
    add_tax_rate,
    define_meter,
    ingest_stream,
    publish_plan,
    run_billing,
    start_subscriptions,
)
from dotmac_billing.changes.kinds import ChangeAt
from dotmac_billing.changes.wanted import WantedPlan, When
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind
from dotmac_billing.modifications.service import ModificationService
from dotmac_core_ops.database import Database
from tests.performance.harness.rows import require
from tests.performance.harness.volume import add_customers, new_tenant

BEFORE, THROUGH = date(2026, 10, 31), date(2026, 11, 20)
DAYS_BEFORE_THE_BILL = 10  # a change of plan is made so long before
DAYS_OF_OCTOBER, DAYS_OF_NOVEMBER = 31, 30
SMALL, LARGE, YEAR = Decimal("29.90"), Decimal("49.90"), Decimal("299.00")
RATE, OFF = Decimal("0.2"), Decimal("0.1")
TIERS = ((100, "0.05"), (500, "0.04"), (2_000, "0.03"), (None, "0.02"))
_CENT = Decimal("0.01")
_SEED = 2026
_ONE_IN_A_HUNDRED, _ONE_IN_A_THOUSAND = 100, 1000


@dataclass
class Subscriber:
    """One of them; `used` has day and quantity of what was reported and counts."""

    nth: int
    customer_id: UUID
    subscription_id: UUID
    used: list[tuple[date, Decimal]] = field(default_factory=list)

    @property
    def starts_on(self) -> date:
        """The first day."""
        return date(2026, 10, 1) + timedelta(days=self.nth % 20)

    @property
    def bill_on(self) -> date:
        """The day on which the month is billed."""
        return self.starts_on + timedelta(days=DAYS_OF_OCTOBER)

    @property
    def is_yearly(self) -> bool:
        """The line is paid by the year, usage every month."""
        return self.nth % 10 == 3

    @property
    def has_coupon(self) -> bool:
        """10 % off for ever."""
        return self.nth % 5 == 0

    @property
    def changes_on(self) -> date | None:
        """The first day of the larger plan, for one in twenty."""
        if self.nth % 20 != 7:
            return None
        return self.bill_on - timedelta(days=DAYS_BEFORE_THE_BILL)

    def owes(self) -> Decimal:
        """The total of the invoice on `bill_on`, with tax."""
        change = self.changes_on
        if change is None:
            lines = [] if self.is_yearly else [SMALL]
            lines.append(graduated(sum((units for _, units in self.used), Decimal(0))))
        else:
            kept = cents(SMALL * (DAYS_OF_OCTOBER - DAYS_BEFORE_THE_BILL) / DAYS_OF_OCTOBER)
            rest = cents(LARGE * DAYS_BEFORE_THE_BILL / DAYS_OF_OCTOBER)
            before = sum((units for day, units in self.used if day < change), Decimal(0))
            after = sum((units for day, units in self.used if day >= change), Decimal(0))
            lines = [LARGE, graduated(before), graduated(after), kept - SMALL, rest]
        net = sum(lines, Decimal(0))
        if self.has_coupon:
            net -= cents(net * OFF)
        return net + cents(net * RATE)


def graduated(units: Decimal) -> Decimal:
    """What so many units cost, rounded."""
    amount, below = Decimal(0), Decimal(0)
    for up_to, price in TIERS:
        upper = units if up_to is None else min(units, Decimal(up_to))
        amount += max(Decimal(0), upper - below) * Decimal(price)
        below = max(below, upper)
    return cents(amount)


def cents(amount: Decimal) -> Decimal:
    """Half up."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class MonthEnd:
    """A tenant on the evening before its bill run."""

    tenant_id: UUID
    subscribers: Sequence[Subscriber]

    @property
    def owed(self) -> Decimal:
        """What all invoices of the run come to."""
        return sum((one.owes() for one in self.subscribers), Decimal(0))

    async def require_billed(self, database: Database) -> None:
        """Void the bench unless each customer was billed exactly what it owes."""
        async with database.read(self.tenant_id) as connection:
            found = await connection.fetch(
                "SELECT customer_id, array_agg(total) AS totals FROM billing.invoices "
                "WHERE bill_on > $1 GROUP BY customer_id",
                BEFORE,
            )
        billed = {row["customer_id"]: row["totals"] for row in found}
        wrong = [
            (one.nth, billed.get(one.customer_id), one.owes())
            for one in self.subscribers
            if billed.get(one.customer_id) != [one.owes()]
        ]
        require("customers billed wrongly", wrong[:5], [])


async def month_end(database: Database, name: str, count: int, events: int) -> MonthEnd:
    """Everything up to the run: a month before is billed, usage reported, plans are changed."""
    tenant_id = await new_tenant(database, name)
    customers = await add_customers(database, tenant_id, count, batch=1_000)
    async with database.transaction(tenant_id) as session:
        small, large, yearly = await _price_list(session)
    made = []
    for first in range(0, count, 1_000):
        part = list(enumerate(customers[first : first + 1_000], first))
        async with database.transaction(tenant_id) as session:
            made += await _subscribe(session, part, small, yearly)
            await _redeem(session, made[first:])
    await run_billing(database, tenant_id, BEFORE, historical=True)
    ready = MonthEnd(tenant_id, made)
    await _report(database, ready, events)
    for one in made:
        change = one.changes_on
        if change is not None:
            async with database.transaction(tenant_id) as session:
                await ModificationService(session).change_plan(
                    one.subscription_id, WantedPlan(large), When(ChangeAt.DATE, change)
                )
    return ready


async def _price_list(session: AsyncSession) -> tuple[UUID, UUID, UUID]:
    await add_tax_rate(session, "VAT", RATE, valid_from=date(2020, 1, 1))
    meter = NewMeter("units", "Units", Aggregation.SUM, back_dating_days=60)
    await define_meter(session, meter)
    percent = NewCoupon(
        "TENTH", "Tenth", DiscountKind.PERCENT, OFF, duration=DiscountDuration.FOREVER
    )
    await CouponService(session).create(percent)
    small = await _plan(session, "SMALL", SMALL, BillingCycle.MONTHLY)
    large = await _plan(session, "LARGE", LARGE, BillingCycle.MONTHLY)
    return small, large, await _plan(session, "YEAR", YEAR, BillingCycle.ANNUALLY)


async def _plan(session: AsyncSession, code: str, price: Decimal, cycle: BillingCycle) -> UUID:
    tiers = [{"up_to": str(up_to) if up_to else None, "unit_price": one} for up_to, one in TIERS]
    units = NewComponent(
        "units",
        "Units",
        kind=ComponentKind.USAGE,
        model=ChargeModel.GRADUATED,
        cycle=BillingCycle.MONTHLY,
        prices={"EUR": {"tiers": tiers}},
        meter="units",
        tax_code="VAT",
    )
    base = NewComponent("base", "Line", price, tax_code="VAT")
    terms = NewTerms((base, units), cycle=cycle, available_from=date(2020, 1, 1))
    return (await publish_plan(session, NewPlan(code, code.title(), terms))).id


async def _subscribe(
    session: AsyncSession, part: Sequence[tuple[int, UUID]], small: UUID, yearly: UUID
) -> list[Subscriber]:
    made = [Subscriber(n, customer_id, customer_id) for n, customer_id in part]
    starts = [
        StartSubscription(one.customer_id, yearly if one.is_yearly else small, one.starts_on)
        for one in made
    ]
    ids = (await start_subscriptions(session, starts)).ids
    for one, subscription_id in zip(made, ids, strict=True):
        one.subscription_id = subscription_id
    return made


async def _redeem(session: AsyncSession, made: Sequence[Subscriber]) -> None:
    service = CouponService(session)
    for one in made:
        if one.has_coupon:
            wanted = Redemption(one.customer_id, "TENTH", starts_on=one.starts_on)
            await service.redeem(wanted)


async def _report(database: Database, given: MonthEnd, events: int) -> None:
    reported = _events(given.subscribers, events)
    result = await ingest_stream(database, given.tenant_id, enumerate(reported))
    number = len(given.subscribers) * events
    require("events taken", result.accepted, number)
    require("events refused", result.refused, len(range(7, number, _ONE_IN_A_THOUSAND)))
    require("repeats", result.duplicates, len(range(0, number, _ONE_IN_A_HUNDRED)))


def _events(subscribers: Sequence[Subscriber], each: int) -> Iterator[UsageEvent]:
    """So many for each, spread over the month; repeats, some out of order, some far too old."""
    chance = random.Random(_SEED)  # noqa: S311 (not a secret)
    number = 0
    for nth in range(each):
        for one in subscribers:
            since = datetime.combine(one.starts_on, datetime.min.time(), UTC) + timedelta(hours=2)
            at = since + timedelta(days=nth * (DAYS_OF_OCTOBER - 1) / each)
            if number % _ONE_IN_A_HUNDRED == 1:
                at = max(since, at - chance.random() * timedelta(days=2))
            units = Decimal(chance.randrange(1, 30_000)).scaleb(-3)
            event = UsageEvent(
                f"{one.nth}-{nth}",
                "units",
                at,
                subscription=str(one.subscription_id),
                value=units,
            )
            one.used.append((at.date(), units))
            yield event
            if number % _ONE_IN_A_HUNDRED == 0:
                yield event
            if number % _ONE_IN_A_THOUSAND == 7:
                yield event._replace(event_id=f"old-{number}", at=at - timedelta(days=90))
            number += 1

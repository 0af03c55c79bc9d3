"""A small company to which anything may be done, and what must hold of its money whatever was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    BillingCycle,
    BillingTiming,
    ChargeModel,
    ComponentKind,
    NewComponent,
    NewMeter,
    add_tax_rate,
    check_books,
    define_meter,
    run_billing,
)
from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind
from dotmac_billing.runs.service import BillRunService
from dotmac_billing.testing import LONG_AGO, metered, payer, plan
from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.errors import DomainError

BEGINS = datetime(2026, 1, 15, 12, tzinfo=UTC)
ONE, ZERO = Decimal(1), Decimal(0)
_events = count()

# What was billed is what the lines say, and what they say stands in the books.
_SUMS = """
SELECT
  (SELECT coalesce(sum(l.net), 0) FROM billing.invoice_lines l) AS lines,
  (SELECT coalesce(sum(net), 0) FROM billing.invoices) AS net,
  (SELECT coalesce(sum(t.tax), 0) FROM billing.invoice_taxes t) AS taxes,
  (SELECT coalesce(sum(l.tax), 0) FROM billing.invoice_lines l) AS line_taxes,
  (SELECT coalesce(sum(tax), 0) FROM billing.invoices) AS tax,
  (SELECT coalesce(sum(i.total), 0) FROM billing.invoices i JOIN billing.invoice_balances b
     ON b.id = i.id WHERE b.status <> 'void') AS billed,
  (SELECT coalesce(sum(amount), 0) FROM billing.payments WHERE kind = 'payment') AS received,
  (SELECT coalesce(sum(settled + credited), 0) FROM billing.credit_notes) AS noted,
  (SELECT coalesce(sum(amount), 0) FROM billing.write_offs) AS lost,
  (SELECT coalesce(-sum(amount) FILTER (WHERE kind = 'drawn'), 0)
     FROM billing.wallet_movements) AS prepaid,
  (SELECT coalesce(sum(amount_due), 0) FROM billing.invoice_balances) AS open,
  (SELECT coalesce(sum(unapplied), 0) FROM billing.payment_balances) AS credit
"""
_RECEIVABLE = """
SELECT coalesce(sum(p.amount), 0), (SELECT coalesce(sum(amount), 0) FROM billing.ledger_postings)
FROM billing.ledger_postings p JOIN billing.ledger_accounts a ON a.id = p.account_id
WHERE a.code = 'receivable'
"""
_ROWS = """
SELECT (SELECT count(*) FROM billing.invoices), (SELECT count(*) FROM billing.invoice_lines),
  (SELECT count(*) FROM billing.ledger_postings), (SELECT count(*) FROM billing.wallet_movements),
  (SELECT count(*) FROM billing.pending_lines WHERE invoice_id IS NULL),
  (SELECT count(*) FROM billing.payment_allocations), (SELECT count(*) FROM events.outbox),
  (SELECT sum(next_bill_on - DATE '2000-01-01') FROM billing.subscriptions)
"""
_NUMBERS = "SELECT count(*), coalesce(max(sequence), 0) FROM billing.invoices"
_INVOICED = """
SELECT subscription_id, bill_on, net, tax, total, discount,
  (SELECT count(*) FROM billing.invoice_lines l WHERE l.invoice_id = i.id) AS lines
FROM billing.invoices i WHERE sequence > $1 AND kind = 'subscription'
"""


@dataclass
class World:
    """One customer with whatever it subscribes to; time is its own.

    `reading` is the database that `database` is a view of: it keeps the connections for reading.
    """

    database: Database
    reading: Database
    tenant_id: UUID
    clock: FrozenClock
    customer_id: UUID
    plans: list[PublishedPlan]
    coupons: list[str]
    subscriptions: list[UUID] = field(default_factory=list)
    done: int = 0

    @property
    def today(self) -> date:
        """The day it is."""
        return self.clock.today()

    async def attempt(self, work: Callable[[AsyncSession], Awaitable[object]]) -> object:
        """Do it in a transaction of its own; what is refused has changed nothing."""
        try:
            made = await self.database.run(self.tenant_id, work)
        except DomainError:
            return None
        self.done += 1
        return made

    async def row(self, query: str, *values: object) -> dict[str, Any]:
        """The only row of a query."""
        async with self.reading.read(self.tenant_id) as connection:
            found = await connection.fetchrow(query, *values)
        assert found is not None
        return dict(found)

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        async with self.reading.read(self.tenant_id) as connection:
            return [tuple(found) for found in await connection.fetch(query, *values)]

    async def bill(self) -> None:
        """Bill through today: what a preview said, once, and no more the second time."""
        before = (await self.rows("SELECT coalesce(max(sequence), 0) FROM billing.invoices"))[0][0]
        await run_billing(self.database, self.tenant_id, self.today, historical=True)
        first = await self.rows(_ROWS)
        again = await run_billing(self.database, self.tenant_id, self.today, historical=True)
        assert again.invoices == 0
        assert await self.rows(_ROWS) == first
        assert before <= (await self.rows(_NUMBERS))[0][1]

    async def previewed(self) -> list[tuple[Any, ...]]:
        """What a run would issue now, as `issued_after` gives it."""
        drafts, failures, _ = await self.database.run(
            self.tenant_id,
            lambda session: BillRunService(session).drafts(self.today, limit=500, offset=0),
        )
        assert failures == []
        return [
            (
                *(draft.subscription_id, draft.bill_on, draft.totals.net, draft.totals.tax),
                *(draft.totals.total, draft.totals.discount, len(draft.lines)),
            )
            for draft in drafts
        ]

    async def issued_after(self, sequence: int) -> list[tuple[Any, ...]]:
        """What was issued of subscriptions since that number."""
        return await self.rows(_INVOICED, sequence)

    async def check(self) -> None:
        """Money is neither made nor lost."""
        sums = await self.row(_SUMS)
        assert sums["lines"] == sums["net"]
        assert sums["taxes"] == sums["line_taxes"] == sums["tax"]
        [(receivable, balance)] = await self.rows(_RECEIVABLE)
        assert balance == 0
        assert receivable == sums["open"] - sums["credit"]
        settled = sums["received"] + sums["noted"] + sums["lost"] + sums["prepaid"]
        assert receivable == sums["billed"] - settled
        [(invoices, last)] = await self.rows(_NUMBERS)
        assert invoices == last
        assert await self.database.run(self.tenant_id, check_books) == []


async def world(database: Database, tenant_id: UUID) -> World:
    """The company on the day it begins, with a price list and nobody subscribed."""
    clock = FrozenClock(BEGINS)
    then = database.at(clock)

    async def arrange(session: AsyncSession) -> tuple[UUID, list[PublishedPlan], list[str]]:
        await add_tax_rate(session, "VAT", Decimal("0.19"), valid_from=LONG_AGO)
        await define_meter(session, NewMeter("units", "Units", Aggregation.SUM))
        customer_id = await payer(session)
        return customer_id, await _plans(session), await _coupons(session)

    customer_id, plans, coupons = await then.run(tenant_id, arrange)
    return World(then, database, tenant_id, clock, customer_id, plans, coupons)


async def _plans(session: AsyncSession) -> list[PublishedPlan]:
    line = NewComponent("base", "Line", Decimal("33.33"), tax_code="VAT")
    seat = NewComponent("seat", "Seat", Decimal("2.99"), model=ChargeModel.PER_UNIT, tax_code="VAT")
    fee = NewComponent("setup", "Set-up", Decimal("9.99"), kind=ComponentKind.ONE_TIME)
    units = metered(
        "units",
        ChargeModel.GRADUATED,
        {"tiers": [{"up_to": "100", "unit_price": "0.07"}, {"up_to": None, "unit_price": "0.03"}]},
        tax_code="VAT",
    )
    inside = NewComponent("base", "Line", Decimal("49.90"), tax_code="VAT", includes_tax=True)
    return [
        await plan(session, "SMALL", components=[line, seat, units]),
        await plan(session, "LARGE", components=[inside, seat, units, fee]),
        await plan(session, "YEAR", price="365.00", cycle=BillingCycle.ANNUALLY, tax_code="VAT"),
        await plan(session, "LATER", price="20.01", timing=BillingTiming.ARREARS),
    ]


async def _coupons(session: AsyncSession) -> list[str]:
    percent, fixed = DiscountKind.PERCENT, DiscountKind.FIXED
    repeating, once = DiscountDuration.REPEATING, DiscountDuration.ONCE
    tenth, forever = Decimal("0.1"), DiscountDuration.FOREVER
    for new in (
        NewCoupon("TENTH", "Tenth", percent, tenth, duration=forever),
        NewCoupon("THRICE", "Thrice", percent, 3 * tenth, duration=repeating, periods=3),
        NewCoupon("FIFTY", "Fifty", fixed, amounts={"EUR": Decimal(50)}, carries_over=True),
        NewCoupon("ONCE", "Once", fixed, amounts={"EUR": Decimal("7.77")}, duration=once),
    ):
        await CouponService(session).create(new)
    return ["TENTH", "THRICE", "FIFTY", "ONCE"]

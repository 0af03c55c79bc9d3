"""Tenants with many subscriptions, for measuring bill runs: written straight into the tables."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, clock_of, copy_rows, new_id
from dotmac_core_ops.tenants import register_tenant

PRICES = tuple(Decimal(price) for price in ("29.90", "4.50", "9.95", "12.00", "1.25"))


async def subscribers(
    database: Database,
    count: int,
    *,
    months: int,
    lines: int = 5,
    through: date = date(2026, 10, 31),
    prepaid: bool = False,
) -> UUID:
    """A tenant of `count` customers with a monthly subscription of `lines` items each, 20 % tax.

    They begin on days spread over a month, so that `months` periods each are due by `through`. With
    `prepaid`, each has paid for a third of it ahead.
    """
    tenant_id = new_id()
    async with database.transaction(tenant_id) as session:
        await register_tenant(session, f"volume-{tenant_id}")
        await _fill(session, count, months, lines, through, prepaid=prepaid)
    return tenant_id


async def _fill(
    session: AsyncSession, count: int, months: int, lines: int, through: date, *, prepaid: bool
) -> None:
    now, plan_id, version_id = clock_of(session).now(), new_id(), new_id()
    components = [new_id() for _ in range(lines)]
    customers = [new_id() for _ in range(count)]
    first = _months_back(through + timedelta(days=1), months)
    starts = [first + timedelta(days=n * 28 // count) for n in range(count)]
    subscriptions = [new_id() for _ in range(count)]
    await _write(
        session,
        "plans",
        "id code name is_public created_at",
        [(plan_id, "volume", "Volume", True, now)],
    )
    await _write(
        session,
        "plan_versions",
        "id plan_id version pricing_model cycle timing currency available_from created_at",
        [(version_id, plan_id, 1, "flat_rate", "monthly", "advance", "EUR", first, now)],
    )
    await _write(
        session,
        "price_components",
        "id plan_version_id position code name kind model unit_price tax_code",
        [
            (component, version_id, n, f"part-{n}", f"Part {n}", "recurring", "flat", price, "VAT")
            for n, (component, price) in enumerate(zip(components, PRICES * lines, strict=False))
        ],
    )
    await _write(
        session,
        "tax_rates",
        "id code name rate valid_from created_at",
        [(new_id(), "VAT", "VAT", Decimal("0.2"), date(2000, 1, 1), now)],
    )
    await _write(
        session,
        "customers",
        "id code name currency time_zone created_at version",
        [(c, f"C{n:06}", f"Customer {n}", "EUR", "UTC", now, 1) for n, c in enumerate(customers)],
    )
    await _write(
        session,
        "subscriptions",
        "id number customer_id plan_version_id currency cycle timing time_zone start_on anchor_on "
        "status next_period next_bill_on created_at version",
        [
            (
                *(subscription, f"S{n:06}", customer, version_id, "EUR", "monthly", "advance"),
                *("UTC", start, start, "active", 0, start, now, 1),
            )
            for n, (subscription, customer, start) in enumerate(
                zip(subscriptions, customers, starts, strict=True)
            )
        ],
    )
    await _write(
        session,
        "subscription_items",
        "id subscription_id component_id position description kind quantity",
        [
            (new_id(), subscription, component, n, f"Part {n}", "recurring", Decimal(1))
            for subscription in subscriptions
            for n, component in enumerate(components)
        ],
    )
    if prepaid:
        await _prepay(session, customers, sum(PRICES[:lines], Decimal(0)) * months / 3, first)


async def _prepay(session: AsyncSession, customers: list[UUID], amount: Decimal, day: date) -> None:
    paid = [(new_id(), customer) for customer in customers]
    await _write(
        session,
        "payments",
        "id customer_id amount currency method received_on created_at",
        [(p, c, amount, "EUR", "transfer", day, clock_of(session).now()) for p, c in paid],
    )
    await _write(
        session,
        "payment_balances",
        "id customer_id currency received_on unapplied",
        [(p, c, "EUR", day, amount) for p, c in paid],
    )


async def _write(
    session: AsyncSession, table: str, columns: str, rows: list[tuple[object, ...]]
) -> None:
    await copy_rows(session, f"billing.{table}", rows, columns=columns.split())


def _months_back(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=years, month=month + 1)

"""Credit that comes and goes as time passes, on a real database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, check_books, module, record_payments
from dotmac_billing.invoicing.manual import NewInvoice, NewLine
from dotmac_billing.invoicing.service import InvoiceService
from dotmac_billing.ledger.repository import LedgerRepository
from dotmac_billing.recurring_credit.rules import NewRule
from dotmac_billing.recurring_credit.service import RecurringCreditService, turn_wallets
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.testing import payer, subscribed
from dotmac_billing.wallets.errors import GrantRuleNotFoundError, InvalidGrantError
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.service import WalletService
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, driver_connection, new_id
from dotmac_core_ops.testing import Tenant

TODAY = date(2026, 11, 20)  # of the test's clock


async def wallet(session: AsyncSession, *, time_zone: str | None = None) -> UUID:
    customer = await payer(session, time_zone=time_zone)
    return (await WalletService(session).open(NewWallet(customer, "Prepaid"))).id


async def arranged(session: AsyncSession, wallet_id: UUID, amount: str, **more: Any) -> UUID:  # noqa: ANN401 (any field of a rule)
    rule = NewRule(Decimal(amount), **more)
    return (await RecurringCreditService(session).arrange(wallet_id, rule)).id


async def pass_time(session: AsyncSession, clock: FrozenClock, **by: int) -> None:
    clock.advance(**by)
    while await turn_wallets(session):
        pass


async def invoiced(session: AsyncSession, wallet_id: UUID, amount: str) -> None:
    customer = (await WalletService(session).get(wallet_id)).customer_id
    line = NewLine("Work", Decimal(1), Decimal(amount))
    service = await InvoiceService.within(session)
    await service.issue_manual(NewInvoice(customer, (line,)))


async def grants(session: AsyncSession, wallet_id: UUID) -> list[tuple[str, Decimal, date]]:
    """Source, what remains and first day without, of those with something left."""
    connection = await driver_connection(session)
    rows = await connection.fetch(
        "SELECT source, remaining, expires_on FROM billing.wallet_grants "
        "WHERE wallet_id = $1 AND remaining > 0 ORDER BY granted_on, source",
        wallet_id,
    )
    return [tuple(row) for row in rows]


async def moved(session: AsyncSession) -> dict[str, Decimal]:
    connection = await driver_connection(session)
    rows = await connection.fetch(
        "SELECT kind, sum(amount) AS amount FROM billing.wallet_movements GROUP BY kind"
    )
    return {row["kind"]: row["amount"] for row in rows}


async def test_credit_comes_monthly_whenever_the_plan_is_billed(
    session: AsyncSession, clock: FrozenClock
) -> None:
    prepaid = await wallet(session)
    await arranged(session, prepaid, "10.00")

    first = await grants(session, prepaid)
    await invoiced(session, prepaid, "4.00")
    await pass_time(session, clock, days=30)

    assert first == [("recurring", Decimal(10), date(2026, 12, 20))]
    assert await grants(session, prepaid) == [("recurring", Decimal(10), date(2027, 1, 20))]
    assert await moved(session) == {
        "granted": Decimal(20),
        "drawn": Decimal(-4),
        "expired": Decimal(-6),
    }
    assert await check_books(session) == []


async def test_what_is_left_rolls_over_for_one_turn(
    session: AsyncSession, clock: FrozenClock
) -> None:
    prepaid = await wallet(session)
    await arranged(session, prepaid, "10.00", rolls_over_up_to=Decimal("4.00"))
    await invoiced(session, prepaid, "3.00")

    await pass_time(session, clock, days=30)
    second = await grants(session, prepaid)
    await pass_time(session, clock, days=31)

    assert second == [
        ("recurring", Decimal(10), date(2027, 1, 20)),
        ("rollover", Decimal(4), date(2027, 1, 20)),
    ]
    assert await grants(session, prepaid) == [
        ("recurring", Decimal(10), date(2027, 2, 20)),
        ("rollover", Decimal(4), date(2027, 2, 20)),  # of the second; that of the first is over
    ]
    assert await check_books(session) == []


async def test_credit_that_keeps_adds_up(session: AsyncSession, clock: FrozenClock) -> None:
    prepaid = await wallet(session)
    await arranged(session, prepaid, "10.00", keeps=True)

    await pass_time(session, clock, days=62)

    assert [amount for _, amount, _ in await grants(session, prepaid)] == [10, 10, 10]


async def test_a_late_job_makes_up_for_every_turn(
    session: AsyncSession, clock: FrozenClock
) -> None:
    prepaid = await wallet(session)
    await arranged(session, prepaid, "10.00", rolls_over_up_to=Decimal("4.00"))

    await pass_time(session, clock, days=100)  # at once

    assert await grants(session, prepaid) == [
        ("recurring", Decimal(10), date(2027, 3, 20)),
        ("rollover", Decimal(4), date(2027, 3, 20)),
    ]
    assert await turn_wallets(session) == 0
    assert await check_books(session) == []


async def test_recurring_credit_ends_with_its_subscription_or_when_it_is_ended(
    session: AsyncSession, clock: FrozenClock
) -> None:
    prepaid = await wallet(session)
    customer = (await WalletService(session).get(prepaid)).customer_id
    line = await subscribed(session, since=TODAY, until=date(2026, 12, 20), customer=customer)
    await arranged(session, prepaid, "10.00", subscription_id=line, keeps=True)
    ended = await arranged(session, prepaid, "5.00", keeps=True)
    service = RecurringCreditService(session)

    await service.end(prepaid, ended)
    await service.end(prepaid, ended)
    await pass_time(session, clock, days=90)

    assert [amount for _, amount, _ in await grants(session, prepaid)] == [10, 5]


async def test_paid_credit_that_expires_is_breakage(
    session: AsyncSession, clock: FrozenClock
) -> None:
    prepaid = await wallet(session)
    service = WalletService(session)
    customer = (await service.get(prepaid)).customer_id
    payment = NewPayment(customer, Decimal(50), TODAY, allocate={})
    (payment_id,) = (await record_payments(session, [payment])).ids
    until = date(2026, 12, 1)
    await service.top_up_from_payment(prepaid, payment_id, NewGrant(Decimal(50), until))
    await service.grant(prepaid, NewGrant(Decimal(8), until))
    await invoiced(session, prepaid, "20.00")

    await pass_time(session, clock, days=11)

    rows = await LedgerRepository(session).balances(None)
    assert {row["code"]: row["balance"] for row in rows if row["balance"]} == {
        "cash": Decimal(50),
        "revenue": Decimal(-20),
        "discounts": Decimal(8),
        "breakage": Decimal(-38),
    }
    assert await check_books(session) == []


async def test_credit_ends_when_the_day_comes_where_the_customer_is(
    session: AsyncSession, clock: FrozenClock
) -> None:
    ahead = await wallet(session, time_zone="Pacific/Auckland")
    behind = await wallet(session, time_zone="Pacific/Honolulu")
    until = date(2026, 11, 22)
    for each in (ahead, behind):
        await WalletService(session).grant(each, NewGrant(Decimal(5), until))

    await pass_time(session, clock, days=1, hours=4)  # some time of the 21st in UTC

    assert await grants(session, ahead) == []
    assert await grants(session, behind) == [("promotion", Decimal(5), until)]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (NewRule(Decimal(0)), "amount"),
        (NewRule(Decimal(5), every_months=0), "every_months"),
        (NewRule(Decimal(5), from_on=date(2020, 1, 1)), "from_on"),
        (NewRule(Decimal(5), ends_on=TODAY), "ends_on"),
        (NewRule(Decimal(5), keeps=True, rolls_over_up_to=Decimal(5)), "rolls_over_up_to"),
        (NewRule(Decimal(5), rolls_over_up_to=Decimal(-5)), "rolls_over_up_to"),
    ],
)
async def test_a_rule_that_grants_nothing_is_refused(
    session: AsyncSession, rule: NewRule, field: str
) -> None:
    prepaid = await wallet(session)

    with pytest.raises(InvalidGrantError) as refusal:
        await RecurringCreditService(session).arrange(prepaid, rule)

    assert refusal.value.details == {"field": field}


async def test_what_does_not_exist_is_not_found(session: AsyncSession) -> None:
    prepaid = await wallet(session)

    with pytest.raises(GrantRuleNotFoundError):
        await RecurringCreditService(session).end(prepaid, new_id())
    with pytest.raises(SubscriptionNotFoundError):
        await arranged(
            session, prepaid, "5.00", subscription_id=await subscribed(session, since=TODAY)
        )


async def test_recurring_credit_is_arranged_seen_and_ended_over_http(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    path = f"/wallets/{await database.run(tenant.id, wallet)}/recurring-grants"

    arranged = await client.post(path, json={"amount": 10, "rolls_over_up_to": 5})
    assert arranged.status_code == 201, arranged.text
    rule = arranged.json()["data"]
    assert (rule["anchor_on"], rule["next_on"]) == ("2026-11-20", "2026-12-20")
    assert (await client.get(path)).json()["data"] == [rule]
    ended = await client.post(f"{path}/{rule['id']}/end")
    assert ended.json()["data"]["next_on"] is None


def test_the_job_is_part_of_billing() -> None:
    assert "billing.turn_wallets" in {job.name for job in module.jobs}


happenings = st.lists(
    st.tuples(
        st.sampled_from(["grant", "pay", "recur", "bill", "wait", "void"]),
        st.integers(1, 60),
    ),
    min_size=3,
    max_size=12,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(happenings)
async def test_credit_is_conserved_whatever_happens(
    database: Database, tenant: Tenant, clock: FrozenClock, story: list[tuple[str, int]]
) -> None:
    async with database.transaction(tenant.id) as session:
        prepaid = await wallet(session)
        service = WalletService(session)
        customer = (await service.get(prepaid)).customer_id
        for what, size in story:
            amount = Decimal(size)
            if what == "grant":
                soon = clock.today() + timedelta(size)
                await service.grant(prepaid, NewGrant(amount, soon))
            elif what == "pay":
                payment = NewPayment(customer, amount, clock.today(), allocate={})
                (payment_id,) = (await record_payments(session, [payment])).ids
                soon = clock.today() + timedelta(size)
                await service.top_up_from_payment(prepaid, payment_id, NewGrant(amount, soon))
            elif what == "recur":
                await arranged(session, prepaid, str(amount), rolls_over_up_to=amount / 2)
            elif what == "bill":
                await invoiced(session, prepaid, str(amount))
            elif what == "wait":
                await pass_time(session, clock, days=size)
            else:
                connection = await driver_connection(session)
                open_id = await connection.fetchval(
                    "SELECT id FROM billing.wallet_grants WHERE wallet_id = $1 AND remaining > 0",
                    prepaid,
                )
                if open_id is not None:
                    await service.void(prepaid, open_id)

        connection = await driver_connection(session)
        left = await connection.fetchval("SELECT sum(remaining) FROM billing.wallet_grants")
        assert sum((await moved(session)).values()) == (left or 0)
        assert await check_books(session) == []

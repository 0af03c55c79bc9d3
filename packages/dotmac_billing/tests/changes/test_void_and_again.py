"""What a void invoice gives back, and that billing it again makes the same invoice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, record_payments
from dotmac_billing.catalog.plan import NewComponent, PublishedPhase
from dotmac_billing.catalog.terms import ChargeModel, ComponentKind, PhaseKind, PhaseUnit
from dotmac_billing.corrections.errors import InvoiceHasPaymentsError
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.discounts.coupon import NewCoupon
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.discounts.terms import DiscountDuration, DiscountKind
from dotmac_billing.invoicing.service import bill_now
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.pending.service import add_pending
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.testing import metered, tax
from dotmac_billing.usage.meters.definition import NewMeter
from dotmac_billing.usage.reported import UsageEvent
from dotmac_billing.usage.service import define_meter, ingest
from dotmac_billing.usage.terms import Aggregation
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.service import WalletService

from .story import DEC_1, NOV_1, Story

OCT_1, JAN_1 = date(2026, 10, 1), date(2027, 1, 1)
_INVOICES = "SELECT id, net, tax, total, discount FROM billing.invoices ORDER BY sequence"
_LINES = """
SELECT kind, description, quantity, unit_price, gross, discount, net, tax, tax_rate, period_start,
  period_end, item_id, component_id, reverses_line_id, explanation
FROM billing.invoice_lines WHERE invoice_id = '{}'
"""


async def everything(story: Story) -> UUID:
    """Every kind of line on three invoices, of 1 October, November and December.

    A cheaper first quarter, prices with and without tax, a fee once, usage with a minimum that is
    not reached, seats given up in November, a fee that waited, coupons for two components, and
    credit in a wallet for one of them.
    """

    async def arrange(session: AsyncSession) -> None:
        await tax(session)
        await define_meter(
            session, NewMeter("calls", "Calls", Aggregation.SUM, back_dating_days=90)
        )

    await story.do(arrange)
    price = {"unit_price": "0.10", "minimum": "20"}
    plan = await story.priced(
        NewComponent("base", "Line", Decimal("33.33"), tax_code="VAT"),
        NewComponent(
            "seat",
            "Seat",
            Decimal("4.99"),
            model=ChargeModel.PER_UNIT,
            tax_code="VAT",
            includes_tax=True,
        ),
        NewComponent("setup", "Set-up", Decimal("9.99"), kind=ComponentKind.ONE_TIME),
        metered("calls", ChargeModel.PER_UNIT, price, tax_code="VAT"),
        phases=(
            PublishedPhase("welcome", PhaseKind.DISCOUNT, 3, PhaseUnit.MONTHS, Decimal("0.25")),
            PublishedPhase("ever", PhaseKind.EVERGREEN),
        ),
    )
    subscription_id = await story.subscribed(plan, since=OCT_1)
    customer_id = (await story.get(subscription_id)).customer_id
    await story.do(lambda session: discounts(session, customer_id, subscription_id))
    await story.do(lambda session: used(session, subscription_id, {"10-05": 120, "11-07": 30}))
    await story.do(lambda session: prepaid(session, customer_id))
    await story.bill(NOV_1)
    await story.do(lambda session: fee(session, customer_id, subscription_id))
    await story.do(lambda session: used(session, subscription_id, {"10-09": 500}))  # late
    await story.set_quantity(subscription_id, 3)
    await story.bill(DEC_1)
    story.clock.advance(days=14)
    return subscription_id


async def discounts(session: AsyncSession, customer_id: UUID, subscription_id: UUID) -> None:
    service = CouponService(session)
    for code, component in (("SEATS", "seat"), ("CALLS", "calls")):
        terms: dict[str, Any] = {"percent_off": Decimal("0.1"), "component_codes": (component,)}
        terms["duration"] = DiscountDuration.FOREVER
        await service.create(NewCoupon(code, code, DiscountKind.PERCENT, **terms))
        await service.redeem(Redemption(customer_id, code, subscription_id))


async def used(session: AsyncSession, subscription_id: UUID, values: dict[str, int]) -> None:
    events = [
        UsageEvent(
            f"{day}-{value}",
            "calls",
            datetime.fromisoformat(f"2026-{day}T12:00").replace(tzinfo=UTC),
            subscription=str(subscription_id),
            value=value,
        )
        for day, value in values.items()
    ]
    assert (await ingest(session, events)).accepted == len(events)


async def prepaid(session: AsyncSession, customer_id: UUID) -> None:
    """40.00 paid and 10.00 free, the latter for calls only."""
    service = WalletService(session)
    paid = await service.open(NewWallet(customer_id, "Prepaid"))
    free = await service.open(NewWallet(customer_id, "Free calls", component_codes=("calls",)))
    payment = NewPayment(customer_id, Decimal(40), OCT_1, allocate={})
    (payment_id,) = (await record_payments(session, [payment])).ids
    await service.top_up_from_payment(paid.id, payment_id, NewGrant(Decimal(40)))
    await service.grant(free.id, NewGrant(Decimal(10)))


async def fee(session: AsyncSession, customer_id: UUID, subscription_id: UUID) -> None:
    line = NewPendingLine(
        *(customer_id, LineKind.FEE, "Visit", Decimal(1), Decimal("7.77"), Decimal("7.77")),
        *("EUR", NOV_1, subscription_id),
        tax_code="VAT",
        includes_tax=True,
    )
    await add_pending(session, [line])


async def void(story: Story, invoice_id: UUID, *, rebill: bool) -> None:
    await story.do(
        lambda session: CorrectionService(session).void(invoice_id, "wrong", rebill=rebill)
    )


async def figures(story: Story) -> list[tuple[UUID, tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Every invoice: its id, its sums, and its lines in no order."""
    return [
        (row[0], row[1:], sorted(await story.rows(_LINES.format(row[0])), key=repr))
        for row in await story.rows(_INVOICES)
    ]


async def left(story: Story) -> list[tuple[Any, ...]]:
    """What remains of each grant."""
    return await story.rows("SELECT remaining FROM billing.wallet_grants ORDER BY id")


async def waiting(story: Story) -> list[tuple[Any, ...]]:
    return await story.rows(
        "SELECT kind, amount FROM billing.pending_lines "
        "WHERE invoice_id IS NULL AND withdrawn_at IS NULL ORDER BY id"
    )


@pytest.mark.parametrize("which", [0, 2], ids=["october", "december"])
@pytest.mark.parametrize("times", [1, 2])
async def test_void_then_billed_again_is_the_same_invoice(
    story: Story, which: int, times: int
) -> None:
    subscription_id = await everything(story)
    invoices = await figures(story)
    kinds = {line[0] for _, _, lines in invoices for line in lines}
    assert kinds >= {"charge", "one_time", "usage", "minimum", "credit", "adjustment", "fee"}
    invoice_id, sums, lines = invoices[which]
    remaining = await left(story)

    for _ in range(times):
        await void(story, invoice_id, rebill=True)
        await story.check()
        (invoice_id,) = await story.do(lambda session: bill_now(session, [subscription_id]))

    again = (await figures(story))[-1]
    assert again == (invoice_id, sums, lines)
    assert await left(story) == remaining
    assert await waiting(story) == []
    await story.check()


async def test_what_a_void_invoice_used_up_is_there_again(story: Story) -> None:
    await everything(story)
    *_, (invoice_id, _, lines) = await figures(story)
    uses = "SELECT code, r.uses FROM billing.coupon_redemptions r JOIN billing.coupons c "
    uses += "ON c.id = r.coupon_id ORDER BY code"
    before: dict[str, int] = {row[0]: row[1] for row in await story.rows(uses)}

    await void(story, invoice_id, rebill=False)

    assert {code: before[code] - now for code, now in await story.rows(uses)} == {
        "CALLS": 1,
        "SEATS": 1,
    }
    expected = {"credit", "charge", "fee"}  # what a change and a visit had left to be billed
    assert {kind for kind, _ in await waiting(story)} == expected
    await story.check()
    # The usage of both months is rated again with what else is due, before discounts the same.
    await story.bill(JAN_1)
    later = [line for _, _, lines in (await figures(story))[3:] for line in lines]
    adjusted = [line for line in later if line[0] == "adjustment"]
    billed = [line for line in lines if line[0] in {"usage", "minimum", "adjustment"}]
    assert sum(map(gross, adjusted)) == sum(map(gross, billed)) > 0
    assert all(line[5] for line in adjusted)  # the coupon for calls holds for them, too
    assert {"credit", "fee"} <= {line[0] for line in later}
    await story.check()


def gross(line: tuple[Any, ...]) -> Decimal:
    """The amount before discounts; it is told only where it is not the net amount."""
    return Decimal(line[6] if line[4] is None else line[4])


async def test_credit_that_paid_a_void_invoice_is_in_its_wallet_again(
    client: httpx.AsyncClient, story: Story
) -> None:
    await everything(story)
    [october, *_] = await figures(story)
    assert await left(story) == [(Decimal(0),), (Decimal(0),)]
    balance = await story.rows(
        f"SELECT amount_paid FROM billing.invoice_balances WHERE id = '{october[0]}'"
    )

    answer = await client.post(f"/invoices/{october[0]}/void", json={"reason": "wrong"})

    assert answer.status_code == 200, answer.text
    found = answer.json()["data"]
    assert (found["status"], found["amount_due"], found["amount_paid"]) == ("void", 0, 0)
    assert sum(row[0] for row in await left(story)) == balance[0][0] > 0
    wallets = (await client.get("/wallets")).json()["data"]
    moved = [
        one
        for wallet in wallets
        for one in (await client.get(f"/wallets/{wallet['id']}/history")).json()["data"]
    ]
    assert {one["kind"] for one in moved} == {"granted", "drawn", "returned"}
    await story.check()


async def test_an_invoice_of_which_a_later_one_takes_something_back_stands(story: Story) -> None:
    await everything(story)
    november = (await figures(story))[1]

    with pytest.raises(InvoiceHasPaymentsError):
        await void(story, november[0], rebill=True)


async def test_money_that_was_received_is_not_put_aside(story: Story) -> None:
    await everything(story)
    december = (await figures(story))[2]
    rows = await story.rows(f"SELECT customer_id FROM billing.invoices WHERE id = '{december[0]}'")
    paid = NewPayment(rows[0][0], Decimal(1), DEC_1, allocate={december[0]: Decimal(1)})
    await story.do(lambda session: record_payments(session, [paid]))

    with pytest.raises(InvoiceHasPaymentsError):
        await void(story, december[0], rebill=False)

"""Everything that may be done to the small company, as steps that Hypothesis puts in any order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    NewCreditNote,
    NewPayment,
    Remainder,
    StartSubscription,
    UsageEvent,
    ingest,
    issue_credit_note,
    record_payments,
    start_subscriptions,
)
from dotmac_billing.catalog.terms import ChangeBehaviour
from dotmac_billing.changes.kinds import Invoicing
from dotmac_billing.changes.plan_of_change import CreditMode
from dotmac_billing.changes.wanted import SetItem, Target, WantedItems, WantedPlan, When
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.discounts.service import CouponService, Redemption
from dotmac_billing.lifecycle.service import LifecycleService
from dotmac_billing.lifecycle.wanted import Cancellation, Pause
from dotmac_billing.modifications.service import ModificationService
from dotmac_billing.subscriptions.cancellation import CancelAt
from dotmac_billing.wallets.opening import NewGrant, NewWallet
from dotmac_billing.wallets.service import WalletService
from tests.journeys.conserved.world import World

Step = Callable[[World], Awaitable[object]]
_events = count()


async def start(world: World, plan: int, days_ago: int) -> None:
    """Subscribe, from some day of the last weeks."""

    async def do(session: AsyncSession) -> UUID:
        day = world.today - timedelta(days=days_ago)
        new = StartSubscription(world.customer_id, world.plans[plan].id, day)
        return (await start_subscriptions(session, [new])).ids[0]

    made = await world.attempt(do)
    if isinstance(made, UUID):
        world.subscriptions.append(made)


def of_one(do: Callable[[AsyncSession, UUID], Awaitable[object]]) -> Callable[..., Any]:
    """A step about one of the subscriptions, if there is any."""

    async def step(world: World, nth: int) -> None:
        if world.subscriptions:
            chosen = world.subscriptions[nth % len(world.subscriptions)]
            await world.attempt(lambda session: do(session, chosen))

    return step


def change_quantity(quantity: int, when: When) -> Callable[..., Any]:
    """So many seats, from now on."""
    wanted = WantedItems(set=(SetItem(Target("seat"), Decimal(quantity)),))
    return of_one(lambda s, one: ModificationService(s).change_items(one, wanted, when))


async def change_plan(world: World, nth: int, plan: int, when: When) -> None:
    """Another plan."""
    wanted = WantedPlan(world.plans[plan].id)
    await of_one(lambda s, one: ModificationService(s).change_plan(one, wanted, when))(world, nth)


def pause(*, credit: bool, invoicing: Invoicing) -> Callable[..., Any]:
    """Neither served nor charged."""
    wanted = Pause(with_credit=credit, invoicing=invoicing)
    return of_one(lambda s, one: LifecycleService(s).pause(one, wanted))


def resume(invoicing: Invoicing) -> Callable[..., Any]:
    """Served and charged again."""
    return of_one(lambda s, one: LifecycleService(s).resume(one, invoicing=invoicing))


def cancel(at: CancelAt, refund: CreditMode, invoicing: Invoicing) -> Callable[..., Any]:
    """The end."""
    wanted = Cancellation(at, refund=refund, invoicing=invoicing)
    return of_one(lambda s, one: LifecycleService(s).cancel(one, wanted))


def reactivate(invoicing: Invoicing) -> Callable[..., Any]:
    """A new beginning."""
    return of_one(lambda s, one: LifecycleService(s).reactivate(one, invoicing=invoicing))


async def use(world: World, nth: int, units: int, days_ago: int) -> None:
    """Something is used, perhaps on a day that is billed."""
    if not world.subscriptions:
        return
    chosen = world.subscriptions[nth % len(world.subscriptions)]
    at = world.clock.now() - timedelta(days=days_ago)
    event = UsageEvent(f"e-{next(_events)}", "units", at, subscription=str(chosen), value=units)
    await world.attempt(lambda session: ingest(session, [event]))


async def redeem(world: World, coupon: int) -> None:
    """A coupon."""
    wanted = Redemption(world.customer_id, world.coupons[coupon])
    await world.attempt(lambda session: CouponService(session).redeem(wanted))


async def grant(world: World, amount: Decimal, days: int) -> None:
    """Credit as a gift, for some days."""

    async def do(session: AsyncSession) -> None:
        wallets = WalletService(session)
        wallet = await wallets.open(NewWallet(world.customer_id, "Gift"))
        await wallets.grant(wallet.id, NewGrant(amount, world.today + timedelta(days=days)))

    await world.attempt(do)


async def pay(world: World, amount: Decimal) -> None:
    """Money comes in: too much, too little, too early."""
    payment = NewPayment(world.customer_id, amount, world.today)
    await world.attempt(lambda session: record_payments(session, [payment]))


Correct = Callable[[AsyncSession, UUID], Awaitable[object]]


async def correct(world: World, nth: int, do: Correct) -> None:
    """Something is done about one of the invoices, if there is any."""
    found = await world.rows("SELECT id FROM billing.invoices ORDER BY sequence")
    if found:
        await world.attempt(lambda session: do(session, found[nth % len(found)][0]))


def note(amount: Decimal | None, remainder: Remainder) -> Correct:
    """A credit note over an amount, or over all that is left."""
    return lambda session, one: issue_credit_note(
        session, NewCreditNote(one, amount=amount, remainder=remainder)
    )


def write_off(*, reclaim_tax: bool) -> Correct:
    """Given up."""
    return lambda session, one: CorrectionService(session).write_off(
        one, "x", reclaim_tax=reclaim_tax
    )


def void(*, rebill: bool) -> Correct:
    """Taken back altogether."""
    return lambda session, one: CorrectionService(session).void(one, "x", rebill=rebill)


async def run(world: World, days: int) -> None:
    """Some days pass, and what is due is billed."""
    world.clock.advance(days=days)
    before = (await world.rows("SELECT coalesce(max(sequence), 0) FROM billing.invoices"))[0][0]
    previewed = await world.previewed()
    await world.bill()
    issued = await world.issued_after(before)
    assert sorted(previewed, key=str) == sorted(issued, key=str)


nths = st.integers(0, 5)
plans = st.integers(0, 3)
cents = st.integers(1, 20_000).map(lambda n: Decimal(n).scaleb(-2))
invoicings = st.sampled_from(Invoicing)


@st.composite
def whens(draw: st.DrawFn) -> When:
    """From now on or from the next period, billed now or later, credited or not."""
    return When(behaviour=draw(st.sampled_from(ChangeBehaviour)), invoicing=draw(invoicings))


def _about_one(made: st.SearchStrategy[Callable[..., Any]]) -> st.SearchStrategy[Step]:
    return st.builds(lambda do, nth: partial(do, nth=nth), made, nths)


starting = st.builds(lambda p, d: partial(start, plan=p, days_ago=d), plans, st.integers(0, 40))
running = st.builds(lambda days: partial(run, days=days), st.integers(1, 45))
changing = st.one_of(
    _about_one(st.builds(change_quantity, st.integers(1, 9), whens())),
    st.builds(lambda n, p, w: partial(change_plan, nth=n, plan=p, when=w), nths, plans, whens()),
    _about_one(st.builds(pause, credit=st.booleans(), invoicing=invoicings)),
    _about_one(st.builds(resume, invoicings)),
    _about_one(
        st.builds(
            cancel,
            st.sampled_from([CancelAt.NOW, CancelAt.PERIOD_END]),
            st.sampled_from(CreditMode),
            invoicings,
        )
    ),
    _about_one(st.builds(reactivate, invoicings)),
)
using = st.builds(
    lambda n, u, d: partial(use, nth=n, units=u, days_ago=d),
    nths,
    st.integers(1, 150),
    st.integers(0, 34),
)
paying = st.one_of(
    st.builds(lambda amount: partial(pay, amount=amount), cents),
    st.builds(lambda coupon: partial(redeem, coupon=coupon), st.integers(0, 3)),
    st.builds(lambda a, d: partial(grant, amount=a, days=d), cents, st.integers(1, 90)),
)
correcting = st.builds(
    lambda nth, do: partial(correct, nth=nth, do=do),
    nths,
    st.one_of(
        st.builds(note, st.none() | cents, st.sampled_from(Remainder)),
        st.builds(write_off, reclaim_tax=st.booleans()),
        st.builds(void, rebill=st.booleans()),
    ),
)
anything = st.one_of(starting, running, changing, changing, using, paying, correcting, running)

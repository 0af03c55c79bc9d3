"""Putting together what is due, for a bill run, a preview or a bill at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.billed import Billed, BilledPeriods, UsageKey
from dotmac_billing.assembly.decision import Bill, Facts, Waiting, bill_of
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.reading import (
    treatments_of,
    usage_windows,
    waiting_lines,
    windows_of,
)
from dotmac_billing.assembly.repository import AssemblyRepository, InUse, Items, Prices
from dotmac_billing.assembly.rerating import (
    LateDay,
    Rerated,
    adjustments,
    late_items,
    late_periods_of,
    orphaned,
)
from dotmac_billing.assembly.taxing import TreatmentOf
from dotmac_billing.charges.measured import Measured
from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.discounts.service import redeemed_by
from dotmac_billing.pending.repository import PendingRepository
from dotmac_billing.tax.buyer import UNKNOWN_BUYER
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.service import load_buyers, load_taxes
from dotmac_billing.usage.service import late_periods, measure


@dataclass(slots=True)
class Knowledge:
    """What is read once and used for many: the law of taxes, and prices, which never change."""

    taxes: Taxes
    prices: Prices = field(default_factory=Prices)


async def learn(session: AsyncSession, prices: Prices | None = None) -> Knowledge:
    """What holds for all of a tenant's invoices today."""
    return Knowledge(await load_taxes(session), Prices() if prices is None else prices)


async def gather(
    session: AsyncSession,
    subscriptions: Sequence[DueSubscription],
    through: date,
    knowledge: Knowledge,
    *,
    hold: bool,
    begun: Callable[[str], date] | None = None,
    in_use: InUse | None = None,
) -> tuple[list[Bill], Facts]:
    """Everything that `decide` needs to bill `subscriptions` up to and including `through`.

    With `begun`, no further than the day that it gives for the zone of each. The number of
    statements does not depend on how many there are. With `hold`, what may be billed once only
    (waiting lines, uses of coupons) belongs to this transaction. `in_use` is asked for when it is
    not known yet.
    """
    repository = AssemblyRepository(session)
    items = await repository.items(subscriptions, knowledge.prices)
    last = {one.time_zone: through for one in subscriptions}
    if begun is not None:
        last = {zone: min(through, begun(zone)) for zone in last}
    bills = [bill_of(one, items.of.get(one.id, []), last[one.time_zone]) for one in subscriptions]
    payers = list({one.payer_id for one in subscriptions})
    in_use = in_use or await repository.in_use()
    late = await _late(session, bills, items, in_use)
    interim, orphans = await _interim(session, bills, items, in_use)
    measured = await _measured(session, bills, late)
    waiting: dict[UUID, list[Waiting]] = {}
    if in_use.waiting:
        waiting = await _waiting(session, subscriptions, payers, through, hold=hold)
    _rerate([*late, *orphans], measured, waiting)
    buyers = payers if knowledge.taxes.has_rules or in_use.exemptions else []
    facts = Facts(
        await treatments_by_payer(session, buyers, knowledge.taxes),
        measured,
        waiting,
        await coupons_of(session, subscriptions, hold=hold) if in_use.coupons else {},
        broken=items.broken,
        has_wallets=in_use.wallets,
        late={one.subscription.id: one.ids for one in late},
        interim=interim,
    )
    return bills, facts


async def treatments_by_payer(
    session: AsyncSession, payers: Sequence[UUID], taxes: Taxes
) -> Callable[[UUID], TreatmentOf]:
    """For each of these payers, what taxes a line bears."""
    buyers = await load_buyers(session, payers) if payers else {}

    def of_payer(payer: UUID) -> TreatmentOf:
        buyer = buyers.get(payer, UNKNOWN_BUYER)
        return lambda code, on: taxes.treatment(buyer, code, on)

    return of_payer


class _Late(NamedTuple):
    """A subscription with the billed periods to be rated again, and what is settled by it."""

    subscription: DueSubscription
    periods: list[Rerated]
    billed: BilledPeriods
    ids: list[UUID]


async def _late(
    session: AsyncSession, bills: Sequence[Bill], items: Items, in_use: InUse
) -> list[_Late]:
    """Billed periods of which usage has changed since, or whose items have."""
    if not in_use.late_usage:
        return []
    waiting = await late_periods(session, [bill.subscription.id for bill in bills])
    days = {owner: [LateDay(one.meter, one.day) for one in late] for owner, late in waiting.items()}
    asked = {
        one for owner, late in days.items() for one in late_items(items.of.get(owner, []), late)
    }
    billed = await AssemblyRepository(session).billed(asked) if asked else {}
    found = []
    for subscription in (bill.subscription for bill in bills):
        if subscription.id in waiting:
            held = items.of.get(subscription.id, [])
            periods = late_periods_of(subscription, held, days[subscription.id], billed)
            ids = [one.id for one in waiting[subscription.id]]
            found.append(_Late(subscription, periods, billed, ids))
    return found


async def _interim(
    session: AsyncSession, bills: Sequence[Bill], items: Items, in_use: InUse
) -> tuple[dict[UsageKey, Billed], list[_Late]]:
    """What was billed of periods while they were running, and such as no item has any more."""
    if not in_use.interim:
        return {}, []
    known = await billed_so_far(session, [bill.subscription.id for bill in bills])
    by_owner: dict[UUID, list[UsageKey]] = {}
    for key in known:
        by_owner.setdefault(key[0], []).append(key)
    orphans = []
    for subscription in (bill.subscription for bill in bills):
        own = by_owner.get(subscription.id)
        if own is None:
            continue
        billed: dict[UUID, dict[date, Billed]] = {}
        for key in own:
            billed.setdefault(key[1], {})[key[2]] = known[key]
        held = items.of.get(subscription.id, [])
        lost = orphaned(subscription, held, [key[1:] for key in own], billed)
        if lost:
            orphans.append(_Late(subscription, lost, billed, []))
    return known, orphans


async def billed_so_far(
    session: AsyncSession, subscription_ids: Collection[UUID]
) -> dict[UsageKey, Billed]:
    """What was billed of the running periods of these, where anything was."""
    repository = AssemblyRepository(session)
    keys = await repository.interim(subscription_ids)
    if not keys:
        return {}
    billed = await repository.billed([(item_id, start) for _, item_id, start in keys])
    return {key: billed[key[1]][key[2]] for key in keys if key[2] in billed.get(key[1], {})}


async def _measured(
    session: AsyncSession, bills: Sequence[Bill], late: Sequence[_Late]
) -> dict[UsageKey, Measured]:
    windows = usage_windows(bills)
    for one in late:
        windows += windows_of(one.subscription, [due for due, served in one.periods if served])
    found = await measure(session, windows) if windows else {}
    return cast("dict[UsageKey, Measured]", found)  # its keys are those of the windows


def _rerate(
    late: Sequence[_Late],
    measured: Mapping[UsageKey, Measured],
    waiting: dict[UUID, list[Waiting]],
) -> None:
    """Put what late usage comes to among the waiting lines."""
    for one in late:
        owner = one.subscription
        waiting.setdefault(owner.id, []).extend(
            Waiting(charge, owner.currency, date.min)
            for charge in adjustments(owner, one.periods, measured, one.billed)
        )


async def coupons_of(
    session: AsyncSession, subscriptions: Sequence[DueSubscription], *, hold: bool
) -> dict[UUID, list[Redeemed]]:
    """Coupons by payer. Those of a customer for whom another pays are for that customer's own."""
    customers = {one.payer_id for one in subscriptions} | {one.customer_id for one in subscriptions}
    found = await redeemed_by(session, customers, [one.id for one in subscriptions], hold=hold)
    if not found:
        return {}
    for one in subscriptions:
        if one.payer_id == one.customer_id:
            continue
        found.setdefault(one.payer_id, []).extend(
            coupon._replace(subscription_id=one.id)
            for coupon in found.get(one.customer_id, ())
            if coupon.subscription_id in (None, one.id)
        )
    return found


async def _waiting(
    session: AsyncSession,
    subscriptions: Sequence[DueSubscription],
    payers: Sequence[UUID],
    through: date,
    *,
    hold: bool,
) -> dict[UUID, list[Waiting]]:
    pending = PendingRepository(session)
    rows = await pending.waiting([one.id for one in subscriptions], payers, through, hold=hold)
    reversed_lines = [row["reverses_line_id"] for row in rows if row["reverses_line_id"]]
    taxed = []
    if reversed_lines:
        taxed = await AssemblyRepository(session).treatments(reversed_lines)
    return waiting_lines(rows, treatments_of(taxed))

"""Putting together what is due, for a bill run, a preview or a bill at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.assembling import TreatmentOf
from dotmac_billing.assembly.decision import Bill, Facts, UsageKey, Waiting, bill_of
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import Priced
from dotmac_billing.assembly.reading import treatments_of, usage_windows, waiting_lines
from dotmac_billing.assembly.repository import AssemblyRepository, Prices
from dotmac_billing.charges.measured import Measured
from dotmac_billing.discounts.applied import Redeemed
from dotmac_billing.discounts.service import redeemed_by
from dotmac_billing.pending.repository import PendingRepository
from dotmac_billing.tax.buyer import UNKNOWN_BUYER
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.service import load_buyers, load_taxes


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
) -> tuple[list[Bill], Facts]:
    """Everything that `decide` needs to bill `subscriptions` up to and including `through`.

    The number of statements does not depend on how many there are. With `hold`, what may be billed
    once only (waiting lines, uses of coupons) belongs to this transaction.
    """
    repository = AssemblyRepository(session)
    items = await repository.items(subscriptions, knowledge.prices)
    bills = [bill_of(one, items.of.get(one.id, []), through) for one in subscriptions]
    payers = list({one.payer_id for one in subscriptions})
    in_use = await repository.in_use()
    is_taxed = in_use.waiting or any(
        price.component.tax_code for price in knowledge.prices.values() if isinstance(price, Priced)
    )
    facts = Facts(
        await treatments_by_payer(session, payers if is_taxed else [], knowledge.taxes),
        await _measured(session, bills),
        await _waiting(session, subscriptions, payers, through, hold=hold)
        if in_use.waiting
        else {},
        await _redeemed(session, subscriptions, hold=hold) if in_use.coupons else {},
        broken=items.broken,
        has_wallets=in_use.wallets,
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


async def _measured(session: AsyncSession, bills: Sequence[Bill]) -> dict[UsageKey, Measured]:
    windows = usage_windows(bills)
    if not windows:
        return {}
    from dotmac_billing.usage.service import measure  # noqa: PLC0415 # until usage stands

    return await measure(session, windows)


async def _redeemed(
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

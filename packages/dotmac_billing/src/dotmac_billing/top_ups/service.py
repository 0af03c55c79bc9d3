"""What can be done about paid credit: invoice it, by hand or when a wallet asks for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.invoicing.service import InvoiceService, issue_terms
from dotmac_billing.recurring_credit.turns import turn_after
from dotmac_billing.settings.due import DueRule
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.top_ups.drafting import Buyer, TopUp, draft_of, is_covered
from dotmac_billing.top_ups.repository import TopUpRepository
from dotmac_billing.wallets.events import WalletToppedUp
from dotmac_billing.wallets.models import WalletGrant
from dotmac_billing.wallets.opening import NewGrant, require_grantable
from dotmac_billing.wallets.postings import top_up_by_invoice_postings
from dotmac_billing.wallets.repository import WalletRepository
from dotmac_billing.wallets.service import WalletService, write_credit
from dotmac_billing.wallets.terms import GrantSource, MovementKind
from dotmac_billing.wallets.writing import CreditWriting, Origin, Purse
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of

MOST_AT_ONCE = 200


async def top_up_wallets(
    session: AsyncSession, wallet_ids: Collection[UUID] | None = None, *, most: int = MOST_AT_ONCE
) -> int:
    """Invoice what wallets ask for: those whose day has come, and those that are low.

    Of all wallets or of those named, `most` at once; how many were. To be repeated until it is 0.
    """
    now = clock_of(session).now()
    repository = TopUpRepository(session)
    due = await repository.due(now, most, wallet_ids)
    if not due:
        return 0
    await SubscriptionRepository(session).hold_payers({row["customer_id"] for row in due})
    # Asked again now that nobody else can be at it.
    due = await repository.due(now, most, [row["id"] for row in due])
    buyers = await repository.buyers({row["customer_id"] for row in due}, now)
    top_ups = [
        TopUp(
            Purse(row["id"], row["customer_id"], row["currency"], row["priority"]),
            row["name"],
            _buyer(buyers[row["customer_id"]]),
            NewGrant(row["top_up_amount"]),
        )
        for row in due
    ]
    if top_ups:
        await _issue(session, top_ups)
    await repository.go_on(
        [
            (
                row["id"],
                turn_after(
                    row["top_up_anchor_on"],
                    row["top_up_every_months"],
                    buyers[row["customer_id"]]["today"],
                ),
            )
            for row in due
            if row["has_come"]
        ]
    )
    return len(due)


async def top_up_by_invoice(session: AsyncSession, wallet_id: UUID, new: NewGrant) -> WalletGrant:
    """Invoice paid credit. It can be used once the invoice is paid, which may be at once.

    Raises:
        WalletNotFoundError, WalletClosedError: there is no wallet that takes it.
        InvalidGrantError: see `wallets/opening.py`.
    """
    service = WalletService(session)
    wallet = await service.get(wallet_id, locked=True)
    require_grantable(new, wallet.currency, await service.today(wallet))
    now = clock_of(session).now()
    buyers = await TopUpRepository(session).buyers([wallet.customer_id], now)
    buyer = _buyer(buyers[wallet.customer_id])
    (grant_id,) = await _issue(session, [TopUp(wallet.purse, wallet.name, buyer, new)])
    grant = await WalletRepository(session).grant(grant_id)
    assert grant is not None  # it was written just now
    return grant


async def settle_top_ups(session: AsyncSession, invoice_ids: Collection[UUID]) -> int:
    """Let credit be used whose invoice has been paid; how many grants.

    What was taken back of the invoice is taken back of the credit first.
    """
    await take_back_top_ups(session, invoice_ids)
    settled = await TopUpRepository(session).settle(invoice_ids)
    await EventPublisher(session).publish_many(
        [
            WalletToppedUp(
                wallet_id=row["wallet_id"],
                grant_id=row["id"],
                customer_id=row["customer_id"],
                currency=row["currency"],
                amount=row["remaining"],
                is_pending=False,
                invoice_id=row["invoice_id"],
            )
            for row in settled
        ]
    )
    return len(settled)


async def take_back_top_ups(session: AsyncSession, invoice_ids: Collection[UUID]) -> int:
    """Void as much credit as was taken back of its invoice, by notes or altogether; how many.

    What of it was used already stays used.
    """
    now = clock_of(session).now()
    repository = TopUpRepository(session)
    found = await repository.taken_back(invoice_ids, now, hold=False)
    if not found:
        return 0
    await SubscriptionRepository(session).hold_payers({row["customer_id"] for row in found})
    writing = CreditWriting(now)
    for row in await repository.taken_back(invoice_ids, now, hold=True):
        writing.end(
            Purse(row["wallet_id"], row["customer_id"], row["currency"], row["priority"]),
            row["id"],
            row["amount"],
            MovementKind.VOIDED,
            row["today"],
            note="The invoice was taken back",
            postings=top_up_by_invoice_postings(-row["amount"]),
        )
    await write_credit(session, writing)
    return len(writing.taken)


async def _issue(session: AsyncSession, top_ups: Sequence[TopUp]) -> list[UUID]:
    """Issue the invoices and write the grants; the grants' ids."""
    terms = await issue_terms(session)
    drafts = [draft_of(one, terms.due, terms.tax_rounding) for one in top_ups]
    # Not from wallets, which would pay for themselves.
    await InvoiceService(session, terms).issue(drafts, has_wallets=False)
    writing = CreditWriting(clock_of(session).now())
    ids = []
    for one, draft in zip(top_ups, drafts, strict=True):
        origin = Origin(
            GrantSource.TOP_UP, invoice_id=draft.invoice_id, is_pending=not is_covered(draft)
        )
        ids.append(
            writing.add(
                one.purse,
                one.grant.amount,
                origin,
                one.buyer.today,
                expires_on=one.grant.expires_on,
                priority=one.grant.priority,
                note=one.grant.note,
                postings=top_up_by_invoice_postings(one.grant.amount),
            )
        )
    await write_credit(session, writing)
    one_only = len(top_ups) == 1
    await record(
        session,
        action="wallets.top_up",
        target=("wallet", top_ups[0].purse.id if one_only else "many"),
        after={"amount": top_ups[0].grant.amount} if one_only else {"wallets": len(top_ups)},
    )
    return ids


def _buyer(row: asyncpg.Record) -> Buyer:
    rule = None if row["due_rule"] is None else DueRule(row["due_rule"])
    return Buyer(row["today"], rule, row["payment_terms_days"], row["version"])

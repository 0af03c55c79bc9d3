"""What can be done with recurring credit: arrange it, end it, let time pass."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.recurring_credit.ending import end_grant, grant_turns
from dotmac_billing.recurring_credit.repository import RecurringCreditRepository
from dotmac_billing.recurring_credit.rules import NewRule, require_recurring
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.wallets.errors import GrantRuleNotFoundError
from dotmac_billing.wallets.models import WalletRule
from dotmac_billing.wallets.service import WalletService, write_credit
from dotmac_billing.wallets.writing import CreditWriting
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id

MOST_AT_ONCE = 500


async def turn_wallets(session: AsyncSession, most: int = MOST_AT_ONCE) -> int:
    """Let credit end and begin whose day has come, for some customers; how many customers.

    To be repeated until it is 0. What ends on a day may roll over to that day, and what rolled over
    may itself have ended since.
    """
    now = clock_of(session).now()
    repository = RecurringCreditRepository(session)
    customers = await repository.due_customers(now, most)
    if not customers:
        return 0
    await SubscriptionRepository(session).hold_payers(customers)
    writing = CreditWriting(now)
    for grant in await repository.ended(customers, now):
        end_grant(dict(grant), writing)
    next_days = [
        grant_turns(dict(rule), writing) for rule in await repository.due_rules(customers, now)
    ]
    await write_credit(session, writing)
    await repository.go_on(next_days)
    return len(customers)


class RecurringCreditService:
    """The recurring credit of the tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._rules = RecurringCreditRepository(session)
        self._wallets = WalletService(session)

    async def arrange(self, wallet_id: UUID, new: NewRule) -> WalletRule:
        """Let credit be granted again and again; the first at once if its day has come.

        Raises:
            WalletNotFoundError, WalletClosedError: there is none that takes it.
            InvalidGrantError: see `rules.py`.
            SubscriptionNotFoundError: the customer has no such subscription.
        """
        wallet = await self._wallets.get(wallet_id, locked=True)
        purse = wallet.purse
        today = await self._wallets.today(wallet)
        require_recurring(new, purse.currency, today)
        if new.subscription_id is not None:
            found = await SubscriptionRepository(self._session).find(new.subscription_id)
            if found is None or wallet.customer_id not in (found.customer_id, found.payer_id):
                raise SubscriptionNotFoundError(new.subscription_id)
        from_on = new.from_on or today
        rule = WalletRule(
            id=new_id(),
            wallet_id=wallet_id,
            amount=new.amount,
            every_months=new.every_months,
            anchor_on=from_on,
            next_on=from_on,
            ends_on=new.ends_on,
            priority=purse.priority if new.priority is None else new.priority,
            keeps=new.keeps,
            rolls_over_up_to=new.rolls_over_up_to,
            subscription_id=new.subscription_id,
            created_at=clock_of(self._session).now(),
        )
        await self._rules.add(rule)
        await self._catch_up(wallet.customer_id)
        await record(
            self._session,
            action="wallets.arrange_credit",
            target=("wallet", wallet_id),
            after={"rule_id": rule.id, "amount": new.amount, "every_months": new.every_months},
        )
        return await self._get(wallet_id, rule.id)

    async def end(self, wallet_id: UUID, rule_id: UUID) -> WalletRule:
        """Let it not be granted any more. What was granted stays until it ends. Twice is once.

        Raises:
            WalletNotFoundError, GrantRuleNotFoundError: there is none.
        """
        await self._wallets.get(wallet_id, locked=True)
        rule = await self._get(wallet_id, rule_id)
        if rule.next_on is not None:
            await self._rules.go_on([(rule_id, None)])
            await record(
                self._session,
                action="wallets.end_credit",
                target=("wallet", wallet_id),
                after={"rule_id": rule_id},
            )
        return await self._get(wallet_id, rule_id)

    async def _catch_up(self, customer_id: UUID) -> None:
        now = clock_of(self._session).now()
        writing = CreditWriting(now)
        due = await self._rules.due_rules([customer_id], now)
        next_days = [grant_turns(dict(rule), writing) for rule in due]
        await write_credit(self._session, writing)
        await self._rules.go_on(next_days)

    async def _get(self, wallet_id: UUID, rule_id: UUID) -> WalletRule:
        rule = await self._rules.find(rule_id)
        if rule is None or rule.wallet_id != wallet_id:
            raise GrantRuleNotFoundError(rule_id)
        return rule

"""What can be done with wallets: open them, put credit in, take it out, have invoices spend it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.ledger.service import LedgerService
from dotmac_billing.payments.repository import PaymentRepository
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.wallets.errors import (
    CreditNotAvailableError,
    GrantNotFoundError,
    GrantUsedUpError,
    WalletNotEmptyError,
    WalletNotFoundError,
)
from dotmac_billing.wallets.events import WalletLow
from dotmac_billing.wallets.grants import Grant, Spent
from dotmac_billing.wallets.models import Wallet, WalletGrant
from dotmac_billing.wallets.opening import (
    NewGrant,
    NewWallet,
    WalletChange,
    WalletSettings,
    changed,
    require_grantable,
    require_sound,
    settings_of,
)
from dotmac_billing.wallets.postings import (
    Postings,
    top_up_by_invoice_postings,
    top_up_by_payment_postings,
)
from dotmac_billing.wallets.repository import SpendingRepository, WalletRepository
from dotmac_billing.wallets.spending import Drained, booked, returned
from dotmac_billing.wallets.terms import GrantSource, MovementKind
from dotmac_billing.wallets.writing import CreditWriting, Origin, Purse
from dotmac_core_events import EventPublisher
from dotmac_core_ops.approvals import Deed, require_approval
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.money import currency_exponent


async def grants_of(
    session: AsyncSession, customer_ids: Collection[UUID], on: date
) -> dict[tuple[UUID, str], list[Grant]]:
    """Credit that the customers can use on the day `on`, by customer and currency, for `draw`.

    One query, and a second if there is any. What is pending or expired is left out. The grants are
    held until the transaction ends, in the order of their ids; hold the customers first.
    """
    found: dict[tuple[UUID, str], list[Grant]] = {}
    for grant in await SpendingRepository(session).grants(customer_ids, on):
        found.setdefault((grant.customer_id, grant.currency), []).append(grant)
    return found


async def spend(session: AsyncSession, spent: Sequence[Spent]) -> None:
    """Use up what `draw` has found: grants, movements, books and `billing.wallet_low`; set-wise.

    Books one entry for each invoice (see `wallet_postings`), so that the caller books nothing but
    the invoice; the caller has the amounts in the balance of the invoice as paid. The invoices need
    not be written yet.

    Raises:
        asyncpg.CheckViolationError: more is spent than remains; the grants were not held.
    """
    if not spent:
        return
    repository = SpendingRepository(session)
    now = clock_of(session).now()
    grants = {
        row["id"]: Drained(row["wallet_id"], row["customer_id"], row["currency"], row["is_paid"])
        for row in await repository.spend(spent)
    }
    movements, entries = booked(spent, grants, now)
    await repository.add_movements(movements)
    await LedgerService.within(session).post(entries)
    before: dict[UUID, Decimal] = {}
    for one in spent:
        wallet_id = grants[one.grant_id].wallet_id
        before[wallet_id] = before.get(wallet_id, Decimal(0)) + one.amount
    await EventPublisher(session).publish_many(
        [
            WalletLow(
                wallet_id=row["id"],
                customer_id=row["customer_id"],
                currency=row["currency"],
                balance=row["balance"],
                low_below=row["low_below"],
            )
            for row in await repository.low(before.keys(), max(one.on for one in spent))
            if row["balance"] + before[row["id"]] >= row["low_below"]
        ]
    )


async def drawn_by(session: AsyncSession, invoice_id: UUID) -> Decimal:
    """How much of an invoice is paid from wallets."""
    return await SpendingRepository(session).drawn(invoice_id)


async def give_back_spent(session: AsyncSession, invoice_id: UUID, on: date) -> None:
    """Put back what an invoice has drawn, into the grants it came from; it is void from `on` on.

    What has expired meanwhile expires. The invoice's customer must be held.
    """
    repository, now = SpendingRepository(session), clock_of(session).now()
    grants = [
        (row["id"], Drained(*list(row.values())[1:5]), row["amount"])
        for row in await repository.give_back(invoice_id)
    ]
    if grants:
        movements, entry = returned(invoice_id, grants, on, now)
        await repository.add_movements(movements)
        await LedgerService.within(session).post([entry])


async def write_credit(session: AsyncSession, writing: CreditWriting) -> None:
    """Write what was collected: grants, movements, books, facts; set-wise."""
    repository = WalletRepository(session)
    await repository.flush()  # a wallet that was opened just now
    await repository.write(writing.grants, writing.movements, writing.taken)
    if writing.entries:
        await LedgerService.within(session).post(writing.entries)
    await EventPublisher(session).publish_many(writing.events)


class WalletService:
    """The wallets of the tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._wallets = WalletRepository(session)
        self._subscriptions = SubscriptionRepository(session)
        self._clock = clock_of(session)

    async def get(self, wallet_id: UUID, *, locked: bool = False) -> Wallet:
        """The wallet of that id; with `locked`, its customer is held first and then the wallet.

        Raises:
            WalletNotFoundError: there is none.
        """
        wallet = await self._wallets.find(wallet_id)
        if wallet is None:
            raise WalletNotFoundError(wallet_id)
        if locked:
            await self._subscriptions.hold_payers([wallet.customer_id])
            wallet = await self._wallets.find(wallet_id, locked=True)
            assert wallet is not None  # nothing deletes wallets
        return wallet

    async def today(self, wallet: Wallet) -> date:
        """The day it is for the wallet's customer, who is held from now on."""
        payers = await self._subscriptions.hold_payers([wallet.customer_id])
        return self._clock.today(payers[wallet.customer_id].time_zone)

    async def open(self, new: NewWallet) -> Wallet:
        """Open a wallet, empty.

        Raises:
            BillingCustomerNotFoundError, SubscriptionNotFoundError: there is none of theirs.
            InvalidWalletError, InvalidCurrencyError: see `opening.py`.
        """
        payers = await self._subscriptions.hold_payers([new.customer_id])
        if new.customer_id not in payers:
            raise BillingCustomerNotFoundError(new.customer_id)
        payer = payers[new.customer_id]
        currency = new.currency or payer.currency
        today = self._clock.today(payer.time_zone)
        settings = settings_of(new, today)
        currency_exponent(currency)
        require_sound(settings, currency)
        if new.subscription_id is not None:
            found = await self._subscriptions.find(new.subscription_id)
            if found is None or new.customer_id not in (found.customer_id, found.payer_id):
                raise SubscriptionNotFoundError(new.subscription_id)
        wallet = Wallet(
            id=new_id(),
            customer_id=new.customer_id,
            currency=currency,
            plan_ids=[str(plan_id) for plan_id in new.plan_ids],
            component_codes=list(new.component_codes),
            subscription_id=new.subscription_id,
            created_at=self._clock.now(),
            version=1,
            **vars(settings),
        )
        await self._wallets.add(wallet)
        await record(
            self._session,
            action="wallets.open",
            target=("wallet", wallet.id),
            after={"customer_id": new.customer_id, "name": new.name, "currency": currency},
        )
        return wallet

    async def change(self, wallet: Wallet, change: WalletChange) -> Wallet:
        """Put new values in place. What it may pay for stays as it is.

        Raises:
            WalletClosedError: it is closed.
            InvalidWalletError: see `opening.py`.
        """
        purse = wallet.purse
        today = await self.today(wallet)
        before = _settings(wallet)
        after = changed(before, change, today)
        require_sound(after, purse.currency)
        said = {name: value for name, value in vars(after).items() if value != vars(before)[name]}
        for name, value in said.items():
            setattr(wallet, name, value)
        wallet.version += 1
        await record(
            self._session,
            action="wallets.change",
            target=("wallet", wallet.id),
            before={name: vars(before)[name] for name in said},
            after=said,
        )
        return wallet

    async def close(self, wallet_id: UUID) -> Wallet:
        """Let nothing go into the wallet any more. Twice is once.

        Raises:
            WalletNotFoundError: there is none.
            WalletNotEmptyError: there is something left in it.
        """
        wallet = await self.get(wallet_id, locked=True)
        if wallet.closed_at is not None:
            return wallet
        now = self._clock.now()
        balance = (await self._wallets.balances([wallet_id], now)).get(wallet_id)
        if balance is not None:
            raise WalletNotEmptyError(wallet_id, balance["remaining"])
        wallet.closed_at = now
        wallet.next_top_up_on = None
        wallet.version += 1
        await self._wallets.end_rules(wallet_id)
        await self._remember("wallets.close", wallet_id, closed_at=now)
        return wallet

    async def grant(
        self, wallet_id: UUID, new: NewGrant, approval_id: UUID | None = None
    ) -> WalletGrant:
        """Put credit into the wallet free of charge, such as for a promotion.

        Raises:
            WalletNotFoundError, WalletClosedError: there is none that takes it.
            InvalidGrantError: see `opening.py`.
            ApprovalRequiredError: a second person must agree, and `approval_id` is not theirs.
        """
        wallet = await self.get(wallet_id, locked=True)
        today = await self.today(wallet)
        require_grantable(new, wallet.currency, today)
        deed = Deed("wallet_grant", ("wallet", wallet_id), new.amount, wallet.currency)
        await require_approval(self._session, deed, approval_id)
        return await self.put(wallet, new, Origin(GrantSource.PROMOTION), today)

    async def top_up_from_payment(
        self, wallet_id: UUID, payment_id: UUID, new: NewGrant
    ) -> WalletGrant:
        """Put what is left of a payment, or a part of it, into the wallet as paid credit.

        Raises:
            WalletNotFoundError, WalletClosedError: there is none that takes it.
            CreditNotAvailableError: the payment is not theirs or less of it is left.
            InvalidGrantError: see `opening.py`.
        """
        wallet = await self.get(wallet_id, locked=True)
        today = await self.today(wallet)
        require_grantable(new, wallet.currency, today)
        payments = PaymentRepository(self._session)
        left = {
            row["id"]: row["unapplied"]
            for row in await payments.credit([wallet.customer_id])
            if row["currency"] == wallet.currency
        }.get(payment_id, Decimal(0))
        if new.amount > left:
            raise CreditNotAvailableError(payment_id, left)
        await payments.spend({payment_id: new.amount})
        origin = Origin(GrantSource.TOP_UP, payment_id=payment_id)
        return await self.put(wallet, new, origin, today, top_up_by_payment_postings(new.amount))

    async def put(
        self,
        wallet: Wallet,
        new: NewGrant,
        origin: Origin,
        on: date,
        postings: Postings | None = None,
    ) -> WalletGrant:
        """Write a grant that was found to be right, with what it does to the books.

        Raises:
            WalletClosedError: nothing goes into the wallet any more.
        """
        writing = CreditWriting(self._clock.now())
        grant_id = writing.add(
            wallet.purse,
            new.amount,
            origin,
            on,
            expires_on=new.expires_on,
            priority=new.priority,
            note=new.note,
            postings=postings,
        )
        await write_credit(self._session, writing)
        await self._remember(
            "wallets.grant", wallet.id, amount=new.amount, source=origin.source.value
        )
        grant = await self._wallets.grant(grant_id)
        assert grant is not None  # it was written just now
        return grant

    async def void(
        self, wallet_id: UUID, grant_id: UUID, *, note: str | None = None
    ) -> WalletGrant:
        """Take back what is left of a grant.

        What was paid by a payment becomes credit of that payment again. What was paid by an invoice
        becomes what the invoice says, revenue: credit or void the invoice as well.

        Raises:
            WalletNotFoundError, GrantNotFoundError: there is none.
            GrantUsedUpError: nothing is left of it.
        """
        wallet = await self.get(wallet_id, locked=True)
        grant = await self._wallets.grant(grant_id, locked=True)
        if grant is None or grant.wallet_id != wallet_id:
            raise GrantNotFoundError(grant_id)
        left = grant.remaining
        if not left:
            raise GrantUsedUpError(grant_id)
        postings: Postings = []
        if grant.payment_id is not None:
            postings = top_up_by_payment_postings(-left)
            await PaymentRepository(self._session).spend({grant.payment_id: -left})
        elif grant.is_paid:
            postings = top_up_by_invoice_postings(-left)
        purse = Purse(wallet.id, wallet.customer_id, wallet.currency, wallet.priority)
        writing = CreditWriting(self._clock.now())
        writing.end(
            purse,
            grant_id,
            left,
            MovementKind.VOIDED,
            await self.today(wallet),
            note=note,
            postings=postings,
        )
        await write_credit(self._session, writing)
        await self._remember("wallets.void", wallet_id, grant_id=grant_id, amount=left)
        voided = await self._wallets.grant(grant_id)
        assert voided is not None  # it was held
        return voided

    async def _remember(self, action: str, wallet_id: UUID, **after: object) -> None:
        await record(self._session, action=action, target=("wallet", wallet_id), after=after)


def _settings(wallet: Wallet) -> WalletSettings:
    return WalletSettings(
        name=wallet.name,
        priority=wallet.priority,
        low_below=wallet.low_below,
        top_up_amount=wallet.top_up_amount,
        tops_up_when_low=wallet.tops_up_when_low,
        top_up_every_months=wallet.top_up_every_months,
        top_up_anchor_on=wallet.top_up_anchor_on,
        next_top_up_on=wallet.next_top_up_on,
    )

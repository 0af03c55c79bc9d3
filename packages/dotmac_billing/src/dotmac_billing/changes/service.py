"""Making changes of subscriptions: one path from what is wanted to items, money and facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.changes.drawing import DrawnChange, Settled, drawn
from dotmac_billing.changes.plan_of_change import ChangeMade, PlannedChange, undo_of
from dotmac_billing.changes.repository import ChangeRepository
from dotmac_billing.changes.settlement import State
from dotmac_billing.changes.standing import Standing
from dotmac_billing.changes.telling import fact_of, made_of, plain, row_of
from dotmac_billing.invoicing.service import bill_now, preview
from dotmac_billing.mrr.service import log_of
from dotmac_billing.pending.service import add_pending, withdraw_pending
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.service import holdings_of
from dotmac_billing.usage.service import rate_again
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import AuditRow, record_many
from dotmac_core_ops.database import clock_of, copy_tables, new_id
from dotmac_core_ops.errors import DomainError


async def standing_of(session: AsyncSession, subscription_id: UUID) -> Standing:
    """The subscription, held until the transaction ends: first its customer, then itself.

    Raises:
        SubscriptionNotFoundError: there is none.
    """
    found = await standings_of(session, [subscription_id])
    if subscription_id not in found:
        raise SubscriptionNotFoundError(subscription_id)
    return found[subscription_id]


async def standings_of(
    session: AsyncSession, subscription_ids: Collection[UUID]
) -> dict[UUID, Standing]:
    """Those of the subscriptions that there are, held until the transaction ends, by their ids.

    First their customers are held and then they, each in the order of ids, so that nobody who does
    the same waits for what is waited for by him.
    """
    subscriptions = SubscriptionRepository(session)
    payers = await subscriptions.hold_payers(await subscriptions.owners(subscription_ids))
    held = await subscriptions.hold(subscription_ids)
    holdings = await holdings_of(session, held)
    clock = clock_of(session)
    found = {}
    for one in held:
        payer = payers[one.customer_id]
        is_held = one.is_held(has_payment_method=payer.has_payment_method)
        today = clock.today(one.time_zone)
        found[one.id] = Standing(one, payer, holdings[one.id], today, is_held)
    return found


class ChangeWriter:
    """Carries out what was decided: items, lines, revenue, facts, all in this transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._changes = ChangeRepository(session)
        self._clock = clock_of(session)

    async def make(self, standing: Standing, planned: PlannedChange) -> ChangeMade:
        """Make the change, or schedule it when its day lies ahead.

        Either way the items stand as they will be; what it credits and charges waits for the next
        invoice from its day on, or is billed at once if that is wanted and the day has come.

        Raises:
            ChangedTodayError, PriceCurrencyMissingError: see `DrawnChange.settled`.
        """
        subscription_id = standing.subscription.id
        result = (await self.make_all([(standing, planned)]))[subscription_id]
        if isinstance(result, DomainError):
            raise result
        return result

    async def make_all(
        self, wanted: Iterable[tuple[Standing, PlannedChange]]
    ) -> dict[UUID, ChangeMade | DomainError]:
        """Make a change of each of these subscriptions, with one number of statements for all.

        By subscription what `make` returns for it, or the refusal; nothing of what is refused is
        written, and it holds up no other. What is billed at once is billed one by one.
        """
        # Before anything is set: a query of the session would write what may be refused yet.
        unit, now = (await settings_of(self._session)).proration, self._clock.now()
        changes = [drawn(new_id(), standing, planned) for standing, planned in wanted]
        results: dict[UUID, ChangeMade | DomainError] = {}
        settled: list[tuple[DrawnChange, Settled]] = []
        billed = await self._changes.lines(
            [
                (item_id, change.planned.effective_on, change.subscription.id)
                for change in changes
                for item_id in change.touched
            ]
        )
        for change in changes:
            subscription = change.subscription
            try:
                moved = change.settled(billed.get(subscription.id, ()), change.ruler(unit, now))
            except DomainError as refusal:
                results[subscription.id] = refusal
                self._session.expire(subscription)  # what was set with the change is not kept
                continue
            settled.append((change, moved))
        rerated = await self._write(settled)
        for change, moved in settled:
            subscription = change.subscription
            invoices: Sequence[UUID] = ()
            if change.is_billed_now and (moved.lines or subscription.id in rerated):
                invoices = await self._bill(change)
            results[subscription.id] = made_of(change, moved, invoices)
        return results

    async def _write(self, settled: Sequence[tuple[DrawnChange, Settled]]) -> set[UUID]:
        """Write the changes; the subscriptions of which usage is rated again."""
        if not settled:
            return set()
        gone = [line_id for _, moved in settled for line_id in moved.gone]
        if gone:
            await withdraw_pending(self._session, gone)
        days = {day for change, _ in settled for day in change.usage_again()}
        await rate_again(self._session, days)
        pending = iter(
            await add_pending(self._session, [line for _, moved in settled for line in moved.lines])
        )
        rows = {change.subscription.id: change.rows for change, _ in settled}
        await self._changes.redraw(rows)
        undos = []
        for change, moved in settled:
            subscription = change.subscription
            ids = list(islice(pending, len(moved.lines)))
            undos.append(undo_of(change.before.items, rows[subscription.id], ids, change.old))
            subscription.next_bill_on = change.next_bill(moved.lines)
            subscription.version += 1
        changes = [change for change, _ in settled]
        await self._log([(one.standing, one.holding, one.after) for one in changes])
        await self._note(changes, undos)
        await EventPublisher(self._session).publish_many([fact_of(one) for one in changes])
        await self._changes.flush()
        return {subscription_id for subscription_id, *_ in days}

    async def _bill(self, change: DrawnChange) -> list[UUID]:
        subscription = change.subscription
        invoices = await bill_now(self._session, [subscription.id])
        subscription.next_bill_on = change.after.first_moment(subscription.billed_on)
        await self._changes.flush()
        return invoices

    async def log(self, standing: Standing, holding: Holding, after: State) -> None:
        """Let the log of revenue tell what the items are worth now."""
        await self._log([(standing, holding, after)])

    async def _log(self, changed: Sequence[tuple[Standing, Holding, State]]) -> None:
        timelines: defaultdict[UUID, dict[UUID, dict[date, Decimal]]] = defaultdict(dict)
        currencies = {}
        for standing, holding, after in changed:
            subscription = standing.subscription
            timelines[subscription.customer_id][subscription.id] = holding.timeline(
                after.items, standing.charged_on, after.days.end_on
            )
            currencies[subscription.customer_id] = standing.payer.currency
        await copy_tables(self._session, [await log_of(self._session, timelines, currencies)])

    async def _note(
        self, changes: Sequence[DrawnChange], undos: Sequence[Mapping[str, object]]
    ) -> None:
        now = self._clock.now()
        await self._changes.add(
            [row_of(change, undo, now) for change, undo in zip(changes, undos, strict=True)]
        )
        await record_many(
            self._session,
            [
                AuditRow(
                    f"subscriptions.{one.planned.kind.value}",
                    ("subscription", one.subscription.id),
                    after={
                        "effective_on": one.planned.effective_on,
                        "change_id": one.id,
                        **plain(one.planned.summary),
                    },
                )
                for one in changes
            ],
        )


_AT_A_TIME = 2000


async def apply_due(session: AsyncSession) -> int:
    """Let scheduled changes hold whose day has come; how many, at most 2,000 at a time.

    Their items and their money stand since they were made; this brings the subscriptions' own
    fields along: the plan, its rhythm and anchor.
    """
    changes = ChangeRepository(session)
    due = await changes.due(clock_of(session).now(), _AT_A_TIME)
    if not due:
        return 0
    fields: dict[UUID, dict[str, str]] = {}
    for row in due:
        fields.setdefault(row["subscription_id"], {}).update(row["undo"]["then"])
    await changes.settle(
        [
            (
                subscription_id,
                UUID(then["plan_version_id"]) if "plan_version_id" in then else None,
                then.get("cycle"),
                then.get("timing"),
                date.fromisoformat(then["anchor_on"]) if "anchor_on" in then else None,
            )
            for subscription_id, then in fields.items()
        ]
    )
    await changes.applied([row["id"] for row in due])
    return len(due)


@dataclass(frozen=True)
class Previewed:
    """What a change would come to, and the subscription's next invoice after it."""

    made: ChangeMade
    next_invoice: Draft | None


async def previewed(
    session: AsyncSession, subscription_id: UUID, change: Callable[[], Awaitable[ChangeMade]]
) -> Previewed:
    """Make the change, look at it and at the next invoice, and undo all of it.

    It is the change itself, so that it cannot differ from it.
    """
    undone = await session.begin_nested()
    try:
        made = await change()
        drafts = await preview(session, subscription_id)
    finally:
        await undone.rollback()
    return Previewed(made, drafts[0] if drafts else None)

"""Making changes of subscriptions: one path from what is wanted to items, money and facts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.changes.charging import (
    Owner,
    charge_lines,
    credit_lines,
    shortened_lines,
)
from dotmac_billing.changes.kinds import ChangeStatus, Invoicing
from dotmac_billing.changes.plan_of_change import (
    ChangeLine,
    ChangeMade,
    CreditMode,
    PlannedChange,
    changed_ids,
    item_rows,
    undo_of,
)
from dotmac_billing.changes.proration import DayRuler, Ruler, SecondRuler
from dotmac_billing.changes.repository import ChangeRepository
from dotmac_billing.changes.settlement import (
    Credit,
    State,
    credits_of,
    not_billed,
    rated_again,
    refund_of,
    require_hours_billed,
)
from dotmac_billing.invoicing.service import bill_now, preview
from dotmac_billing.mrr.service import log_of
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.pending.service import add_pending, withdraw_pending
from dotmac_billing.settings.proration import ProrationUnit
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.errors import SubscriptionNotFoundError
from dotmac_billing.subscriptions.events import SubscriptionChanged
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.moments import Due, due_at, rhythms
from dotmac_billing.subscriptions.repository import SubscriptionRepository
from dotmac_billing.subscriptions.service import holding_of
from dotmac_billing.subscriptions.starting import Payer
from dotmac_billing.subscriptions.windows import ItemWindow
from dotmac_billing.usage.service import rate_again
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, copy_tables, new_id

_DAY = timedelta(days=1)


@dataclass
class Standing:
    """A subscription held by this transaction, with all that a change must know of it."""

    subscription: Subscription
    payer: Payer
    holding: Holding
    today: date
    is_held: bool

    @property
    def state(self) -> State:
        """Its days and items as they are."""
        return State(self.subscription.days(is_held=self.is_held), self.holding.items)

    @property
    def charged_on(self) -> date:
        """The first day that is not a trial."""
        return self.subscription.trial_end_on or self.subscription.start_on

    @property
    def first_days(self) -> tuple[date, date]:
        """The first day, and the first that is charged for."""
        return self.subscription.start_on, self.charged_on


async def standing_of(session: AsyncSession, subscription_id: UUID) -> Standing:
    """The subscription, held until the transaction ends: first its customer, then itself.

    Raises:
        SubscriptionNotFoundError: there is none.
    """
    subscriptions = SubscriptionRepository(session)
    found = await subscriptions.find(subscription_id)
    if found is None:
        raise SubscriptionNotFoundError(subscription_id)
    payers = await subscriptions.hold_payers([found.customer_id])
    subscription = await subscriptions.find(subscription_id, locked=True)
    assert subscription is not None  # nothing deletes subscriptions
    payer = payers[found.customer_id]
    return Standing(
        subscription,
        payer,
        await holding_of(session, subscription),
        clock_of(session).today(subscription.time_zone),
        subscription.is_held(has_payment_method=payer.has_payment_method),
    )


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
        """
        subscription = standing.subscription
        is_ahead = planned.effective_on > standing.today
        before = standing.state
        old = _set(subscription, planned.at_once)
        if not is_ahead:
            _set(subscription, planned.then)
        after = State(subscription.days(is_held=standing.is_held), planned.items)
        holding = Holding(
            after.items, {**standing.holding.plans, **planned.plans}, subscription.currency
        )
        lines = await self._settle(standing, planned, before, after, holding)
        is_rerated = await self._rate_again(planned, before, after, holding, subscription)
        pending = await add_pending(self._session, lines)
        rows = item_rows(before.items, after.items)
        await self._changes.redraw(subscription.id, rows)
        subscription.next_bill_on = _next_bill(subscription, after, planned, lines)
        subscription.version += 1
        await self.log(standing, holding, after)
        change_id = new_id()
        status = ChangeStatus.SCHEDULED if is_ahead else ChangeStatus.APPLIED
        undo = undo_of(before.items, rows, pending, old)
        await self._note(standing, planned, change_id, status, undo)
        await self._announce(standing, planned, change_id)
        await self._changes.flush()
        invoices: list[UUID] = []
        if (lines or is_rerated) and planned.invoicing is Invoicing.NOW and not is_ahead:
            invoices = await bill_now(self._session, [subscription.id])
            subscription.next_bill_on = after.first_moment(subscription.billed_on)
            await self._changes.flush()
        return ChangeMade(
            change_id,
            subscription.id,
            planned.kind,
            status,
            planned.effective_on,
            planned.behaviour,
            planned.direction,
            subscription.currency,
            tuple(ChangeLine.of(line) for line in lines),
            tuple(invoices),
        )

    async def _settle(
        self,
        standing: Standing,
        planned: PlannedChange,
        before: State,
        after: State,
        holding: Holding,
    ) -> list[NewPendingLine]:
        """What the change credits and charges; lines that waited and are wrong now wait no more."""
        subscription, day = standing.subscription, planned.effective_on
        ruler = await self._ruler(standing, planned)
        owner = Owner(subscription.id, subscription.customer_id, subscription.currency, day)
        found: list[Credit] = []
        touched = changed_ids(before.items, after.items)
        if before.days != after.days or planned.credit is CreditMode.FULL:
            touched = {item.id for item in before.items}
        if planned.credit is not CreditMode.NONE and touched:
            lines = await self._changes.lines(subscription.id, touched, day)
            if planned.credit is CreditMode.FULL:
                found = list(refund_of(lines, day))
            else:
                require_hours_billed(before, touched, ruler)
                found = list(credits_of(lines, before, after, ruler, subscription.currency))
        dues = not_billed(before, after, subscription.billed_on, day)
        dues += self._due_today(standing, planned, after)
        if not planned.charges_rest:
            dues = [due for due in dues if due.item.is_one_time]
        gone = [credit.line.id for credit in found if credit.line.is_waiting]
        if gone:
            await withdraw_pending(self._session, gone)
        return [
            *credit_lines(found, owner),
            *shortened_lines(found, owner),
            *charge_lines(dues, holding, ruler, owner),
            *planned.fees,
        ]

    async def _rate_again(
        self,
        planned: PlannedChange,
        before: State,
        after: State,
        holding: Holding,
        subscription: Subscription,
    ) -> bool:
        """Have usage rated again that was billed to other items; whether there is any."""
        days = set()
        for component_id, day in rated_again(
            before, after, subscription.billed_on, planned.effective_on
        ):
            meter = holding.components[component_id].meter
            if meter is not None:
                days.add((subscription.id, meter, day))
        await rate_again(self._session, days)
        return bool(days)

    @staticmethod
    def _due_today(
        standing: Standing, planned: PlannedChange, after: State
    ) -> list[Due[ItemWindow]]:
        """What the change makes due on its own day, when it is to be billed at once.

        The moment is then billed. Where a meter has to be read for it, it is left to the bill run.
        """
        subscription, day = standing.subscription, planned.effective_on
        if planned.invoicing is not Invoicing.NOW or day > standing.today:
            return []
        if after.first_moment(subscription.billed_on) != day:
            return []
        dues = list(due_at(rhythms(after.days, after.items), day))
        if any(due.item.kind is ComponentKind.USAGE for due in dues):
            return []
        subscription.billed_on = day
        return dues

    async def _ruler(self, standing: Standing, planned: PlannedChange) -> Ruler:
        settings = await settings_of(self._session)
        if settings.proration is ProrationUnit.DAY:
            return DayRuler()
        zone = standing.subscription.time_zone
        if planned.effective_on != standing.today:
            return SecondRuler(zone)
        return SecondRuler(zone, standing.today, self._clock.now())

    async def log(self, standing: Standing, holding: Holding, after: State) -> None:
        """Let the log of revenue tell what the items are worth now."""
        subscription = standing.subscription
        customer_id = subscription.customer_id
        changes = holding.timeline(after.items, standing.charged_on, after.days.end_on)
        log = await log_of(
            self._session,
            {customer_id: {subscription.id: changes}},
            {customer_id: standing.payer.currency},
        )
        await copy_tables(self._session, [log])

    async def _note(
        self,
        standing: Standing,
        planned: PlannedChange,
        change_id: UUID,
        status: ChangeStatus,
        undo: Mapping[str, object],
    ) -> None:
        subscription = standing.subscription
        summary = {name: _plain(value) for name, value in planned.summary.items()}
        then = {name: _plain(value) for name, value in planned.then.items()}
        behaviour = None if planned.behaviour is None else planned.behaviour.value
        direction = None if planned.direction is None else planned.direction.value
        await self._changes.add(
            {
                "id": change_id,
                "subscription_id": subscription.id,
                "kind": planned.kind.value,
                "status": status.value,
                "effective_on": planned.effective_on,
                "behaviour": behaviour,
                "direction": direction,
                "summary": summary,
                "undo": {**undo, "then": then},
                "created_at": self._clock.now(),
            }
        )
        await record(
            self._session,
            action=f"subscriptions.{planned.kind.value}",
            target=("subscription", subscription.id),
            after={"effective_on": planned.effective_on, "change_id": change_id, **summary},
        )

    async def _announce(self, standing: Standing, planned: PlannedChange, change_id: UUID) -> None:
        subscription = standing.subscription
        direction = None if planned.direction is None else planned.direction.value
        await EventPublisher(self._session).publish(
            SubscriptionChanged(
                subscription_id=subscription.id,
                customer_id=subscription.customer_id,
                number=subscription.number,
                change_id=change_id,
                kind=planned.kind.value,
                effective_on=planned.effective_on,
                direction=direction,
            )
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


def _set(subscription: Subscription, fields: Mapping[str, object]) -> dict[str, object]:
    """Set fields by name; what they were before."""
    old = {name: getattr(subscription, name) for name in fields}
    for name, value in fields.items():
        setattr(subscription, name, value)
    return old


def _next_bill(
    subscription: Subscription,
    after: State,
    planned: PlannedChange,
    lines: list[NewPendingLine],
) -> date | None:
    """When it is billed next. A last bill is made for lines that no period comes to take along."""
    day = after.first_moment(subscription.billed_on)
    if day is not None or not lines:
        return day
    billed_on = subscription.billed_on
    last = planned.effective_on
    return last if billed_on is None else max(last, billed_on + _DAY)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(getattr(value, "value", value))

"""Withdrawing a change before its day: as if it had never been made."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.changes.errors import (
    ChangeNotFoundError,
    ChangeNotScheduledError,
    ChangeOverlaidError,
    TransferNotWithdrawableError,
)
from dotmac_billing.changes.kinds import ChangeKind, ChangeStatus
from dotmac_billing.changes.models import SubscriptionChange
from dotmac_billing.changes.plan_of_change import item_rows
from dotmac_billing.changes.repository import ChangeRepository
from dotmac_billing.changes.service import ChangeWriter, standing_of
from dotmac_billing.changes.settlement import State
from dotmac_billing.pending.service import withdraw_pending
from dotmac_billing.subscriptions.events import SubscriptionChanged
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.withdrawals.undoing import OverlaidError, fields_before, undone
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of


async def withdraw(
    session: AsyncSession, subscription_id: UUID, change_id: UUID
) -> SubscriptionChange:
    """Take back a change that is scheduled; nothing of it remains but the note that it was.

    Raises:
        SubscriptionNotFoundError, ChangeNotFoundError: there is none.
        ChangeNotScheduledError: it holds already, or was withdrawn.
        TransferNotWithdrawableError: it hands the subscription over to another customer.
        ChangeOverlaidError: a later change builds on it, or it has been billed.
    """
    changes = ChangeRepository(session)
    standing = await standing_of(session, subscription_id)
    subscription = standing.subscription
    change = await changes.find(subscription_id, change_id)
    if change is None:
        raise ChangeNotFoundError(change_id)
    if change.kind is ChangeKind.TRANSFER:
        raise TransferNotWithdrawableError(change_id)
    if change.status is not ChangeStatus.SCHEDULED or change.effective_on <= standing.today:
        raise ChangeNotScheduledError(change_id, change.status.value)
    if subscription.billed_on is not None and subscription.billed_on >= change.effective_on:
        raise ChangeOverlaidError(change_id)
    items = standing.holding.items
    try:
        undo = undone(items, change.undo)
    except OverlaidError as error:
        raise ChangeOverlaidError(change_id) from error
    await withdraw_pending(session, [UUID(text) for text in change.undo["pending"]])
    ended = item_rows(items, undo.items).ended
    await changes.restore(ended, undo.unpinned, undo.removed)
    for name, value in fields_before(change.undo).items():
        setattr(subscription, name, value)
    after = State(subscription.days(is_held=standing.is_held), undo.items)
    subscription.next_bill_on = after.first_moment(subscription.billed_on)
    subscription.version += 1
    change.status = ChangeStatus.WITHDRAWN
    change.withdrawn_at = clock_of(session).now()
    await ChangeWriter(session).log(standing, standing.holding, after)
    await _announce(session, subscription, change)
    await changes.flush()
    return change


async def _announce(
    session: AsyncSession, subscription: Subscription, change: SubscriptionChange
) -> None:
    await record(
        session,
        action="subscriptions.withdraw_change",
        target=("subscription", subscription.id),
        after={"change_id": change.id, "kind": change.kind.value},
    )
    await EventPublisher(session).publish(
        SubscriptionChanged(
            subscription_id=subscription.id,
            customer_id=subscription.customer_id,
            number=subscription.number,
            change_id=change.id,
            kind=change.kind.value,
            effective_on=change.effective_on,
            is_withdrawn=True,
        )
    )

"""What is kept, announced and answered of a change that was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.changes.drawing import DrawnChange, Settled
from dotmac_billing.changes.plan_of_change import ChangeLine, ChangeMade
from dotmac_billing.subscriptions.events import SubscriptionChanged


class ChangeRow(NamedTuple):
    """A change as it is kept; `summary` and `undo` are JSON."""

    id: UUID
    subscription_id: UUID
    kind: str
    status: str
    effective_on: date
    behaviour: str | None
    direction: str | None
    summary: str
    undo: str
    created_at: datetime


def row_of(change: DrawnChange, undo: Mapping[str, object], at: datetime) -> ChangeRow:
    """The row of a change; `undo` and what waits for its day let it be taken back."""
    planned = change.planned
    return ChangeRow(
        change.id,
        change.subscription.id,
        planned.kind.value,
        change.status.value,
        planned.effective_on,
        None if planned.behaviour is None else planned.behaviour.value,
        None if planned.direction is None else planned.direction.value,
        json.dumps(plain(planned.summary)),
        json.dumps({**undo, "then": plain(planned.then)}),
        at,
    )


def fact_of(change: DrawnChange) -> SubscriptionChanged:
    """What is announced of it."""
    subscription, planned = change.subscription, change.planned
    return SubscriptionChanged(
        subscription_id=subscription.id,
        customer_id=subscription.customer_id,
        number=subscription.number,
        change_id=change.id,
        kind=planned.kind.value,
        effective_on=planned.effective_on,
        direction=None if planned.direction is None else planned.direction.value,
    )


def made_of(change: DrawnChange, moved: Settled, invoice_ids: Sequence[UUID]) -> ChangeMade:
    """What came of it."""
    planned = change.planned
    return ChangeMade(
        change.id,
        change.subscription.id,
        planned.kind,
        change.status,
        planned.effective_on,
        planned.behaviour,
        planned.direction,
        change.subscription.currency,
        tuple(ChangeLine.of(line) for line in moved.lines),
        tuple(invoice_ids),
    )


def plain(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields as JSON can say them."""
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(getattr(value, "value", value))

"""A change that is decided: the items it leads to, the money it moves, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.terms import ChangeBehaviour, ChangeDirection
from dotmac_billing.changes.kinds import ChangeKind, ChangeStatus, Invoicing
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.subscriptions.windows import ItemWindow


class CreditMode(Enum):
    """What is taken back: nothing, the days not served, or the whole of the last periods."""

    NONE = "none"
    PRORATED = "prorated"
    FULL = "full"


@dataclass(frozen=True)
class PlannedChange:
    """What a change comes to, before anything is written.

    `at_once` are the subscription's fields that are set with the change, `then` those that wait for
    its day; by the names of the columns. `plans` are those that new items are of. `fees` are lines
    that come with it.
    """

    kind: ChangeKind
    effective_on: date
    items: Sequence[ItemWindow]
    credit: CreditMode = CreditMode.PRORATED
    charges_rest: bool = True
    invoicing: Invoicing = Invoicing.NEXT_INVOICE
    behaviour: ChangeBehaviour | None = None
    direction: ChangeDirection | None = None
    at_once: Mapping[str, object] = field(default_factory=dict)
    then: Mapping[str, object] = field(default_factory=dict)
    plans: Mapping[UUID, PublishedPlan] = field(default_factory=dict)
    fees: Sequence[NewPendingLine] = ()
    summary: Mapping[str, object] = field(default_factory=dict)
    needs_row: bool = True


class ChangeLine(NamedTuple):
    """What a change credits (below zero) or charges, before tax unless `includes_tax`."""

    kind: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    includes_tax: bool
    tax_code: str | None
    period_start: date | None
    period_end: date | None
    item_id: UUID | None
    reverses_line_id: UUID | None

    @classmethod
    def of(cls, line: NewPendingLine) -> ChangeLine:
        """As it is shown."""
        return cls(
            line.kind.value,
            line.description,
            line.quantity,
            line.unit_price,
            line.amount,
            line.includes_tax,
            line.tax_code,
            line.period_start,
            line.period_end,
            line.item_id,
            line.reverses_line_id,
        )


@dataclass(frozen=True)
class ChangeMade:
    """What came of a change. `invoice_ids` are those issued at once for it."""

    id: UUID
    subscription_id: UUID
    kind: ChangeKind
    status: ChangeStatus
    effective_on: date
    behaviour: ChangeBehaviour | None
    direction: ChangeDirection | None
    currency: str
    lines: tuple[ChangeLine, ...] = ()
    invoice_ids: tuple[UUID, ...] = ()

    @property
    def net(self) -> Decimal:
        """Charges less credits."""
        return sum((line.amount for line in self.lines), Decimal(0))


class ItemRows(NamedTuple):
    """How the rows of items differ: windows cut, with how they ended before; and new ones."""

    ended: list[tuple[UUID, date | None, date | None]]
    pinned: list[tuple[UUID, date]]
    added: list[ItemWindow]


def item_rows(before: Sequence[ItemWindow], after: Sequence[ItemWindow]) -> ItemRows:
    """What must be written so that `before` becomes `after`.

    `ended` is (id, first day, last day excluded) of every window that was cut.
    """
    known = {item.id: item for item in before}
    ended, pinned, added = [], [], []
    for item in after:
        old = known.get(item.id)
        if old is None:
            added.append(item)
            continue
        if item.ends_on != old.ends_on or item.starts_on != old.starts_on:
            ended.append((item.id, item.starts_on, item.ends_on))
        if item.anchor_on is not None and old.anchor_on is None:
            pinned.append((item.id, item.anchor_on))
    return ItemRows(ended, pinned, added)


def changed_ids(before: Sequence[ItemWindow], after: Sequence[ItemWindow]) -> set[UUID]:
    """The items of before whose days are others after."""
    kept = {item.id: (item.starts_on, item.ends_on) for item in after}
    return {item.id for item in before if kept.get(item.id) != (item.starts_on, item.ends_on)}


def undo_of(
    before: Sequence[ItemWindow], rows: ItemRows, pending: Sequence[UUID], old: Mapping[str, object]
) -> dict[str, object]:
    """What takes a scheduled change back, as JSON: days and ids are text."""
    ends = {item.id: item for item in before}
    return {
        "ended": [
            [str(item_id), _text(ends[item_id].starts_on), _text(ends[item_id].ends_on)]
            for item_id, *_ in rows.ended
        ],
        "cut": [[str(item_id), _text(ends_on)] for item_id, _, ends_on in rows.ended],
        "pinned": [str(item_id) for item_id, _ in rows.pinned],
        "added": [[str(item.id), _text(item.ends_on)] for item in rows.added],
        "pending": [str(line_id) for line_id in pending],
        "before": {name: _text(value) for name, value in old.items()},
    }


def _text(value: object) -> object:
    if isinstance(value, date | UUID):
        return str(value)
    return value.value if isinstance(value, Enum) else value

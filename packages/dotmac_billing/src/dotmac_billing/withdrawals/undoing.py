"""The items as they would be had a scheduled change not been made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from dotmac_billing.subscriptions.windows import ItemWindow, lineage


class OverlaidError(Exception):
    """A later change has altered what is to be taken back."""


@dataclass(frozen=True)
class Undo:
    """Items after taking a change back, those it had added, and those it had pinned."""

    items: list[ItemWindow]
    removed: list[UUID]
    unpinned: list[UUID]


def undone(items: Sequence[ItemWindow], undo: Mapping[str, Any]) -> Undo:
    """Without what the change has added, and with what it has cut as long as it was.

    Where a later change has put something else in the place of what was cut, that goes on instead.

    Raises:
        OverlaidError: a later change has cut or replaced what this one added.
    """
    added = {UUID(item_id): _day(ends_on) for item_id, ends_on in undo["added"]}
    for item in items:
        if item.id in added and item.ends_on != added[item.id]:
            raise OverlaidError
        if item.replaces_item_id in added and item.id not in added:
            raise OverlaidError
    kept = {item.id: item for item in items if item.id not in added}
    cut_at = {UUID(item_id): _day(ends_on) for item_id, ends_on in undo["cut"]}
    for text, starts_on, ends_on in undo["ended"]:
        item_id = UUID(text)
        heir = _heir(list(kept.values()), kept[item_id], cut_at[item_id])
        if heir.id == item_id:
            kept[item_id] = replace(heir, starts_on=_day(starts_on), ends_on=_day(ends_on))
        else:
            kept[heir.id] = replace(heir, ends_on=_day(ends_on))
    pinned = [UUID(text) for text in undo["pinned"] if UUID(text) in kept]
    for item_id in pinned:
        kept[item_id] = replace(kept[item_id], anchor_on=None)
    return Undo(list(kept.values()), list(added), pinned)


def _heir(items: Sequence[ItemWindow], item: ItemWindow, cut_at: date | None) -> ItemWindow:
    """Of the item and those that took over from it, the one that ends where the change cut."""
    for one in reversed(lineage(items, item)):
        if one.ends_on == cut_at:
            return one
    raise OverlaidError


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


_DAYS = {"end_on", "paused_on", "resume_on", "access_until", "term_end_on", "billed_on"}


def fields_before(undo: Mapping[str, Any]) -> dict[str, object]:
    """The subscription's fields as they were; what a cancellation noted is none again."""
    before = {}
    for name, value in undo["before"].items():
        before[name] = _day(value) if name in _DAYS else value
    return before

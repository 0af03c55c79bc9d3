"""The windows of a subscription that goes on after a pause or after its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from dotmac_billing.subscriptions.days import until
from dotmac_billing.subscriptions.windows import ItemWindow, joined

Ended = Sequence[Sequence[str | None]]
"""Id, first day and last day excluded of windows as they were before they were cut."""


def restored(items: Sequence[ItemWindow], ended: Ended) -> dict[UUID, ItemWindow]:
    """The items as they were before a change cut them, by id."""
    known = {item.id: item for item in items}
    found = {}
    for text, starts_on, ends_on in ended:
        assert text is not None
        item = known.get(UUID(text))
        if item is not None:
            found[item.id] = replace(item, starts_on=_day(starts_on), ends_on=_day(ends_on))
    return found


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def resumed(
    items: Sequence[ItemWindow],
    before: Mapping[UUID, ItemWindow],
    resume_on: date,
    again_on: date | None,
) -> list[ItemWindow]:
    """All items, and from `resume_on` on again those that the pause has cut.

    `again_on` is the day on which they were to go on anyway: until then only.
    """
    new = []
    for item in before.values():
        window = replace(item, ends_on=until(item.ends_on, again_on))
        if window.reaches(resume_on) and not item.is_one_time:
            new.append(window.since(resume_on, 0))
    return joined(items, [one for one in new if not one.is_empty])

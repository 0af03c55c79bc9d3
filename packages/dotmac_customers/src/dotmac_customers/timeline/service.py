"""Writing timelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.module import Handler
from dotmac_customers.timeline.entry import NewEntry
from dotmac_customers.timeline.facts import Fact, Telling, entries_of
from dotmac_customers.timeline.repository import TimelineRepository


async def write_timeline(session: AsyncSession, entries: Sequence[NewEntry]) -> None:
    """Put entries on their customers' timelines; called by handlers, which make it exactly once."""
    if entries:
        await TimelineRepository(session).add(entries)


def timeline_handlers(
    tellings: Mapping[str, Telling], *, about: str | None = None
) -> tuple[Handler, ...]:
    """Handlers that tell events, by name, on the timelines of the customers they are about.

    With `about`, only events whose `about_kind` is that are told.
    """
    return tuple(_handler(event, telling, about) for event, telling in tellings.items())


def _handler(event: str, telling: Telling, about: str | None) -> Handler:
    async def tell(facts: Sequence[Fact], session: AsyncSession) -> None:
        meant = [fact for fact in facts if about is None or fact.fields.get("about_kind") == about]
        await write_timeline(session, entries_of(telling, meant, clock_of(session).now()))

    decorate = EventConsumer.handle(event, name=f"customers.timeline:{event}", batch=True)
    return decorate(tell)

"""Rules decide anew whenever something about a customer has changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_customers.profiles.events import (
    CustomerActivated,
    CustomerChanged,
    CustomerChurned,
    CustomerCreated,
    CustomerQualified,
    CustomerSuspended,
)
from dotmac_customers.tags.service import TagService

_Any = CustomerCreated | CustomerChanged | CustomerQualified
_Moved = CustomerActivated | CustomerSuspended | CustomerChurned


@EventConsumer.handle("customers.customer_created", batch=True)
async def on_created(events: Sequence[CustomerCreated], session: AsyncSession) -> None:
    """Tag new customers."""
    await _keep(events, session)


@EventConsumer.handle("customers.customer_changed", batch=True)
async def on_changed(events: Sequence[CustomerChanged], session: AsyncSession) -> None:
    """Tag changed customers anew."""
    await _keep(events, session)


@EventConsumer.handle("customers.customer_qualified", batch=True)
async def on_qualified(events: Sequence[CustomerQualified], session: AsyncSession) -> None:
    """Tag leads that became prospects anew."""
    await _keep(events, session)


@EventConsumer.handle("customers.customer_activated", batch=True)
async def on_activated(events: Sequence[CustomerActivated], session: AsyncSession) -> None:
    """Tag activated customers anew."""
    await _keep(events, session)


@EventConsumer.handle("customers.customer_suspended", batch=True)
async def on_suspended(events: Sequence[CustomerSuspended], session: AsyncSession) -> None:
    """Tag suspended customers anew."""
    await _keep(events, session)


@EventConsumer.handle("customers.customer_churned", batch=True)
async def on_churned(events: Sequence[CustomerChurned], session: AsyncSession) -> None:
    """Tag churned customers anew."""
    await _keep(events, session)


async def _keep(events: Sequence[_Any | _Moved], session: AsyncSession) -> None:
    ids = list(dict.fromkeys(event.customer_id for event in events))
    await TagService.within(session).keep_all(ids)


HANDLERS = (on_created, on_changed, on_qualified, on_activated, on_suspended, on_churned)
"""All of them."""

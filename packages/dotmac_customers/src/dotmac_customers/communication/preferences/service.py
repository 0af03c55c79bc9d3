"""What can be done with a customer's preferences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import time_zone as zone_named
from dotmac_core_ops.database import clock_of
from dotmac_customers.communication.consents.service import ConsentService
from dotmac_customers.communication.errors import AlwaysOnError, QuietHoursEmptyError
from dotmac_customers.communication.preferences.repository import PreferenceRepository, Wish
from dotmac_customers.communication.quiet_hours import minute_of, time_at
from dotmac_customers.communication.topics import (
    ALWAYS_ON,
    NEEDS_CONSENT,
    ContactChannel,
    Topic,
)
from dotmac_customers.profiles.service import CustomerService


@dataclass(frozen=True)
class PreferenceView:
    """Whether a topic is wanted on a channel; `is_default` when the customer has not said so.

    Where `needs_consent`, nothing is sent unless `has_consent`, whatever is wanted.
    """

    channel: ContactChannel
    topic: Topic
    is_enabled: bool
    is_default: bool
    needs_consent: bool
    has_consent: bool


@dataclass(frozen=True)
class QuietHoursView:
    """When the customer is not disturbed; without `time_zone` the customer's, else the tenant's."""

    starts: time
    ends: time
    time_zone: str | None


@dataclass(frozen=True)
class Preferences:
    """All that a customer wants and does not want to hear."""

    customer_id: UUID
    preferences: tuple[PreferenceView, ...]
    quiet_hours: QuietHoursView | None


class PreferenceService:
    """Preferences of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._preferences = PreferenceRepository(session)
        self._consents = ConsentService(session)
        self._customers = CustomerService.within(session)

    async def of(self, customer_id: UUID) -> Preferences:
        """Every channel with every topic, and the quiet hours.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        await self._customers.by_id(customer_id)
        wishes = await self._preferences.wishes(customer_id)
        consents = await self._consents.standing(customer_id)
        views = tuple(
            PreferenceView(
                channel=channel,
                topic=topic,
                is_enabled=wishes.get((channel, topic), True),
                is_default=(channel, topic) not in wishes,
                needs_consent=topic in NEEDS_CONSENT,
                has_consent=(channel, topic) in consents,
            )
            for channel in ContactChannel
            for topic in Topic
        )
        row = await self._preferences.quiet_hours(customer_id)
        quiet = None
        if row is not None:
            quiet = QuietHoursView(
                time_at(row.starts_minute), time_at(row.ends_minute), row.time_zone
            )
        return Preferences(customer_id, views, quiet)

    async def change(self, customer_id: UUID, wishes: Sequence[Wish]) -> None:
        """Note what the customer wants; what is not named stays.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            AlwaysOnError: a topic that cannot be switched off shall be.
        """
        await self._customers.by_id(customer_id)
        for _, topic, is_enabled in wishes:
            if topic in ALWAYS_ON and not is_enabled:
                raise AlwaysOnError(topic.value)
        latest = {(channel, topic): (channel, topic, on) for channel, topic, on in wishes}
        before = await self._preferences.wishes(customer_id)
        await self._preferences.wish(customer_id, latest.values(), clock_of(self._session).now())
        await record(
            self._session,
            action="customers.preferences_change",
            target=("customer", customer_id),
            before={_name(key): before.get(key) for key in latest},
            after={_name(key): wish[2] for key, wish in latest.items()},
        )

    async def set_quiet_hours(
        self, customer_id: UUID, starts: time, ends: time, time_zone: str | None
    ) -> None:
        """Hold messages from `starts` (included) to `ends` (not included), to the minute.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            QuietHoursEmptyError: they begin when they end.
            UnknownTimeZoneError: there is no such zone.
        """
        await self._customers.by_id(customer_id)
        if minute_of(starts) == minute_of(ends):
            raise QuietHoursEmptyError
        zone = None if time_zone is None else str(zone_named(time_zone).key)
        await self._preferences.set_quiet_hours(
            customer_id, minute_of(starts), minute_of(ends), zone
        )
        await record(
            self._session,
            action="customers.quiet_hours_set",
            target=("customer", customer_id),
            after={"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": zone},
        )

    async def clear_quiet_hours(self, customer_id: UUID) -> None:
        """Hold nothing any more.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        await self._customers.by_id(customer_id)
        if await self._preferences.clear_quiet_hours(customer_id):
            await record(
                self._session,
                action="customers.quiet_hours_clear",
                target=("customer", customer_id),
            )


def _name(key: tuple[ContactChannel, Topic]) -> str:
    return f"{key[0].value}:{key[1].value}"

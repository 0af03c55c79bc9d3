"""Correcting usage: a new row that names the old event; what was added up is added up anew."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.corrections.errors import (
    CorrectionInvalidError,
    UsageEventNotFoundError,
    UsageEventVoidError,
)
from dotmac_billing.usage.corrections.repository import Correction, CorrectionRepository
from dotmac_billing.usage.hours import bounds, hour_of
from dotmac_billing.usage.ingestion.repository import IngestionRepository
from dotmac_billing.usage.ingestion.staging import Hour
from dotmac_billing.usage.ingestion.worth import member_text, price_text, value_text
from dotmac_billing.usage.reported import Refusal
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id


@dataclass(frozen=True)
class Correct:
    """What an event is worth after all: nothing (`is_void`), or another value or price."""

    is_void: bool = False
    value: Decimal | str | None = None
    price: Decimal | None = None
    reason: str | None = None


async def correct_usage(session: AsyncSession, event_id: str, wanted: Correct) -> Correction:
    """Let an event be worth something else, or nothing.

    The hour it lies in is added up anew. When its day has been billed, it is marked to be rated
    again; the difference goes onto the next invoice.

    Raises:
        UsageEventNotFoundError: no such event within the back-dating window.
        UsageEventVoidError: it was made void before.
        CorrectionInvalidError: neither void nor a value nor a price, or not one it could have.
    """
    corrections, ingestion = CorrectionRepository(session), IngestionRepository(session)
    event = await corrections.event(event_id)
    if event is None:
        raise UsageEventNotFoundError(event_id)
    zone = ZoneInfo(event["time_zone"])
    hour = hour_of(event["at"], zone)
    await corrections.hold(event["series_id"], hour)
    event = await corrections.event(event_id)  # somebody else may just have corrected it
    assert event is not None
    if event["is_void"]:
        raise UsageEventVoidError(event_id)
    correction = Correction(
        *(new_id(), event_id, event["series_id"], event["at"], wanted.is_void),
        *_worth(event, wanted),
        *(wanted.reason, clock_of(session).now()),
    )
    await corrections.add(correction)
    since, until = bounds(hour, zone)
    await ingestion.recount([Hour(event["series_id"], hour, since, until)])
    if event["member"] is not None:
        await corrections.recount_members(event["series_id"], hour, since, until)
    await _mark_late(session, event, zone)
    await record(
        session,
        action="usage.correct",
        target=("usage_event", event_id),
        before={name: event[name] for name in ("value", "member", "price")},
        after={
            "value": correction.value,
            "member": correction.member,
            "price": correction.price,
            "is_void": wanted.is_void,
        },
    )
    return correction


def _worth(
    event: asyncpg.Record, wanted: Correct
) -> tuple[Decimal | None, str | None, Decimal | None]:
    """Value, member and price from now on; what the correction leaves out stays."""
    value, member, price = event["value"], event["member"], event["price"]
    if wanted.is_void:
        if wanted.value is not None or wanted.price is not None:
            raise CorrectionInvalidError("What is void is worth nothing.")
        return None, None, None
    if wanted.value is None and wanted.price is None:
        raise CorrectionInvalidError("Say what it is worth, or that it is void.")
    if wanted.value is not None:
        if member is not None:
            member = _checked(member_text(wanted.value))
        elif value is not None:
            value = Decimal(_checked(value_text(wanted.value)))
        else:
            raise CorrectionInvalidError("Events of this meter have no value.")
    if wanted.price is not None:
        if price is None:
            raise CorrectionInvalidError("Events of this meter have no price.")
        price = Decimal(_checked(price_text(wanted.price)))
    return value, member, price


def _checked(text: str | Refusal) -> str:
    if isinstance(text, Refusal):
        raise CorrectionInvalidError(text)
    return text


async def _mark_late(session: AsyncSession, event: asyncpg.Record, zone: ZoneInfo) -> None:
    now = clock_of(session).now()
    day = event["at"].astimezone(zone).date()
    ingestion = IngestionRepository(session)
    (row,) = await ingestion.billing([event["subscription_id"]])
    billed, due = row["usage_billed_until"], row["next_bill_on"]
    is_certain = billed is not None and day < billed
    if is_certain or (due is not None and day < due <= now.astimezone(zone).date()):
        mark = (event["subscription_id"], event["meter_id"], day, 1, is_certain)
        await ingestion.mark_late([mark], now)

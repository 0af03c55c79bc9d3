"""What can be done with deferred revenue: earn it as time goes by, take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.chart import DEFERRED_REVENUE, REVENUE
from dotmac_billing.ledger.entries import Entry
from dotmac_billing.ledger.service import LedgerService
from dotmac_billing.recognition.models import SliceKind
from dotmac_billing.recognition.repository import RecognitionRepository
from dotmac_billing.recognition.schedule import Plan, earned_by, month_ends, steps, take_back
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.service import settings_of
from dotmac_core_ops.database import clock_of, new_id

SOURCE = "recognition"
"""What entries of revenue earned as time goes by have as their source type."""

_AT_ONCE = 10_000
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Recognised:
    """What became revenue: on which days it was booked, and how much of each currency."""

    booked_on: tuple[date, ...]
    amounts: dict[str, Decimal] = field(default_factory=dict)


async def recognise(session: AsyncSession, through: date) -> Recognised:
    """Book the revenue that was earned up to and including `through`, month by month.

    One entry for each currency at each end of a month, and at `through`. Doing it again books
    nothing. What was earned in a closed month is booked with the first open one.
    """
    service = RecognitionService(session)
    amounts: dict[str, Decimal] = {}
    days = []
    for day in await service.days(through):
        booked = await service.book(day)
        if booked:
            days.append(day)
        for currency, amount in booked.items():
            amounts[currency] = amounts.get(currency, _NOTHING) + amount
    return Recognised(tuple(days), amounts)


class RecognitionService:
    """Deferred revenue of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._repository = RecognitionRepository(session)

    async def days(self, through: date) -> list[date]:
        """The days that revenue up to `through` is to be booked on, in order."""
        first = await self._repository.first_due(through)
        if first is None:
            return []
        settings = await settings_of(self._session)
        return month_ends(first, through, settings.books_closed_on)

    async def book(self, day: date) -> dict[str, Decimal]:
        """Book what is earned up to and including `day` on that day; how much of each currency."""
        sources: dict[str, UUID] = {}
        amounts: dict[str, Decimal] = {}
        after: UUID | None = None
        while rows := await self._repository.due(day, after, _AT_ONCE):
            after = rows[-1]["id"]
            slices, earned = [], []
            for row in rows:
                total = earned_by(_plan(row), day)
                earned.append((row["id"], total))
                amount = total - row["recognised"]
                if not amount:
                    continue
                currency = row["currency"]
                source = sources.setdefault(currency, new_id())
                amounts[currency] = amounts.get(currency, _NOTHING) + amount
                slices.append(
                    self._slice(row["id"], (SliceKind.RECOGNISED, source, day), amount, _NOTHING)
                )
            await self._repository.earn(earned, day)
            await self._repository.add_slices(slices)
        entries = [
            Entry(
                *(day, SOURCE, sources[currency], currency, "Revenue recognised", None),
                ((DEFERRED_REVENUE, amount), (REVENUE, -amount)),
            )
            for currency, amount in amounts.items()
            if amount
        ]
        if entries:
            await LedgerService.within(self._session).post(entries)
        return amounts

    async def take_back(
        self, source_id: UUID, on: date, credited: Mapping[UUID, Decimal]
    ) -> Decimal:
        """Take back what is `credited` of each line (net); how much of it was not revenue yet.

        What is deferred goes first, then revenue. The rest of the plan is spread over the days that
        are not recognised. Lines without a schedule are revenue in full.
        """
        rows = await self._repository.of_lines(credited.keys()) if credited else []
        plans, slices = [], []
        deferred = _NOTHING
        for row in rows:
            taken = take_back(_plan(row), row["recognised"], credited[row["invoice_line_id"]])
            deferred += taken.deferred
            recognised = row["recognised"] - taken.revenue
            taken_back = row["taken_back"] + taken.deferred + taken.revenue
            rest = row["amount"] - recognised - taken_back
            plans.append((row["id"], recognised, taken_back, rest, _next_day(row)))
            slices.append(
                self._slice(
                    row["id"],
                    (SliceKind.CREDITED, source_id, on),
                    -taken.revenue,
                    taken.deferred + taken.revenue,
                )
            )
        await self._change(plans, slices)
        return deferred

    async def void(self, invoice_id: UUID, on: date) -> Decimal:
        """End the schedules of a void invoice; how much of it had become revenue by now."""
        rows = await self._repository.of_invoice(invoice_id)
        plans, slices = [], []
        earned = _NOTHING
        for row in rows:
            earned += row["recognised"]
            plans.append((row["id"], _NOTHING, row["amount"], _NOTHING, row["planned_from"]))
            left = row["amount"] - row["taken_back"]
            slices.append(
                self._slice(row["id"], (SliceKind.VOIDED, invoice_id, on), -row["recognised"], left)
            )
        await self._change(plans, slices)
        return earned

    async def waterfall(self) -> dict[tuple[str, date], Decimal]:
        """Revenue to come of what is deferred now, by currency and first day of the month.

        What was earned already and is not booked yet comes with the month in which it is due.
        """
        found: dict[tuple[str, date], Decimal] = {}
        after: UUID | None = None
        while rows := await self._repository.open(after, _AT_ONCE):
            after = rows[-1]["id"]
            for row in rows:
                recognised_on = row["recognised_on"] or row["planned_from"] - timedelta(days=1)
                for month, amount in steps(_plan(row), row["recognised"], recognised_on):
                    key = (row["currency"], month)
                    found[key] = found.get(key, _NOTHING) + amount
        return found

    async def _change(
        self,
        plans: Sequence[tuple[UUID, Decimal, Decimal, Decimal, date]],
        slices: Sequence[tuple[Any, ...]],
    ) -> None:
        if plans:
            await self._repository.plan(plans)
            await self._repository.add_slices(slices)

    def _slice(
        self,
        schedule_id: UUID,
        origin: tuple[SliceKind, UUID, date],
        recognised: Decimal,
        taken_back: Decimal,
    ) -> tuple[Any, ...]:
        kind, source_id, on = origin
        return (
            *(new_id(), schedule_id, kind.value, source_id, on),
            *(recognised, taken_back, self._clock.now()),
        )


def _plan(row: asyncpg.Record) -> Plan:
    return Plan(
        Recognition(row["basis"]),
        row["currency"],
        row["amount"],
        row["taken_back"],
        row["planned"],
        row["planned_from"],
        row["ends_on"],
    )


def _next_day(row: asyncpg.Record) -> date:
    """The first day that is not recognised yet."""
    reached: date | None = row["recognised_on"]
    start: date = row["starts_on"]
    return start if reached is None else max(start, reached + timedelta(days=1))

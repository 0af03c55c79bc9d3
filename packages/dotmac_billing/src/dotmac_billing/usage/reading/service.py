"""Measuring: from windows that are asked about to what a price must know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.windows import Windows
from dotmac_billing.usage.hours import local_hour
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.meters.errors import UnknownDimensionError, UnknownMeterError
from dotmac_billing.usage.meters.repository import meter_terms
from dotmac_billing.usage.reading.adding_up import (
    Totals,
    quantity_of,
    together,
    weighted_area,
    weighted_quantity,
)
from dotmac_billing.usage.reading.repository import Span, UsageReader
from dotmac_billing.usage.reading.series import SeriesOf
from dotmac_billing.usage.terms import Aggregation
from dotmac_billing.usage.windows import UsageWindow
from dotmac_core_ops.database import PooledConnection, RawConnection, driver_connection

ZERO = Decimal(0)
_HOUR_MINUTES = 60


async def measure(
    session: AsyncSession, windows: Sequence[UsageWindow]
) -> dict[Hashable, Measured]:
    """What the usage of each window adds up to, by its key; zero where there was none.

    A handful of queries for any number of windows. Averages and weighted sums are rounded to nine
    decimals, half up; all else is exact.

    Raises:
        UnknownMeterError: a window names a meter that does not exist.
        UnknownDimensionError: a filter names a property that its meter does not keep apart.
    """
    connection = await driver_connection(session)
    meters = await meter_terms(connection, {window.meter for window in windows})
    if unknown := sorted({window.meter for window in windows} - meters.keys()):
        raise UnknownMeterError(unknown)
    wanted = {(window.subscription_id, meters[window.meter].id) for window in windows}
    series = await UsageReader(connection).series(wanted)
    return await measure_on(connection, windows, meters, series)


async def measure_on(
    connection: RawConnection | PooledConnection,
    windows: Sequence[UsageWindow],
    meters: Mapping[str, MeterTerms],
    series: SeriesOf,
) -> dict[Hashable, Measured]:
    """`measure` on a bare connection, of meters (by code) and series that are known already."""
    for window in windows:
        _require_dimensions(window, meters[window.meter])
    work = _Measuring(UsageReader(connection), windows, [meters[one.meter] for one in windows])
    return await work.done(series)


def _require_dimensions(window: UsageWindow, meter: MeterTerms) -> None:
    for name, _ in window.filters:
        if name not in meter.dimensions:
            raise UnknownDimensionError(meter.code, name)


class _Measuring:
    """One call of `measure`: windows are known by their position."""

    def __init__(
        self, reader: UsageReader, windows: Sequence[UsageWindow], meters: Sequence[MeterTerms]
    ) -> None:
        self._reader = reader
        self._windows = windows
        self._meters = meters
        self._spans: list[Span] = []
        self._zones: dict[int, ZoneInfo] = {}
        self._quantities: dict[int, Decimal] = {}
        self._amounts: dict[int, Decimal] = {}
        self._values: dict[int, list[Decimal]] = defaultdict(list)
        self._by_window: dict[int, dict[str, Decimal]] = {}

    async def done(self, series: SeriesOf) -> dict[Hashable, Measured]:
        self._span(series)
        await self._add_up()
        await self._count_unique()
        await self._weigh()
        await self._list_values()
        await self._split_by_hours()
        await self._split_by_events()
        return {window.key: self._measured(n, window) for n, window in enumerate(self._windows)}

    def _measured(self, n: int, window: UsageWindow) -> Measured:
        quantity = self._quantities.get(n, ZERO)
        if not window.needs - {Need.TOTAL}:
            return Measured(quantity)
        return Measured(
            quantity,
            self._amounts.get(n, ZERO),
            tuple(self._values.get(n, ())),
            self._by_window.get(n, {}),
        )

    def _span(self, series: SeriesOf) -> None:
        for n, (window, meter) in enumerate(zip(self._windows, self._meters, strict=True)):
            for one in series.get((window.subscription_id, meter.id), ()):
                if window.filters and not _fits(one.dimensions, window):
                    continue
                self._spans.append(Span(n, one.id, window.since, window.until))
                if window.time_of_use is not None:
                    self._zones[n] = _zone(one.time_zone)

    def _of(self, *aggregations: Aggregation) -> list[Span]:
        return [one for one in self._spans if self._meters[one.n].aggregation in aggregations]

    def _needing(self, need: Need) -> list[Span]:
        return [one for one in self._spans if need in self._windows[one.n].needs]

    def _to_split(self, *, hourly: bool) -> list[Span]:
        # A level that holds over several windows cannot be told apart by its events.
        return [
            one
            for one in self._needing(Need.WINDOWS)
            if self._is_hourly(one.n) == hourly
            and self._meters[one.n].aggregation is not Aggregation.WEIGHTED_SUM
        ]

    async def _add_up(self) -> None:
        found: dict[int, list[Totals]] = defaultdict(list)
        for n, totals in await self._reader.totals(self._spans):
            found[n].append(totals)
        for n, totals in await self._reader.latest(self._of(Aggregation.LATEST)):
            found[n].append(totals)
        for n, parts in found.items():
            totals = parts[0] if len(parts) == 1 else together(parts)
            self._quantities[n] = quantity_of(self._meters[n].aggregation, totals)
            self._amounts[n] = totals.amount or ZERO

    async def _count_unique(self) -> None:
        for n, count in (await self._reader.unique(self._of(Aggregation.UNIQUE_COUNT))).items():
            self._quantities[n] = Decimal(count)

    async def _weigh(self) -> None:
        spans = self._of(Aggregation.WEIGHTED_SUM)
        held, carried = await self._reader.held(spans), await self._reader.carried(spans)
        areas: dict[int, Decimal] = defaultdict(Decimal)
        for n, series_id, since, until in spans:
            key = (n, series_id)
            areas[n] += weighted_area(held.get(key, ()), carried.get(key, ZERO), since, until)
        for n, area in areas.items():
            window = self._windows[n]
            self._quantities[n] = weighted_quantity(
                area, self._meters[n].weighting, window.since, window.until
            )

    async def _list_values(self) -> None:
        for row in await self._reader.events(self._needing(Need.VALUES)):
            if row["value"] is not None:
                self._values[row["n"]].append(row["value"])

    async def _split_by_hours(self) -> None:
        spans = self._to_split(hourly=True)
        parts: dict[tuple[int, str], list[Totals]] = defaultdict(list)
        for n, hour, totals in await self._reader.hours(spans):
            parts[n, self._name(n, hour)].append(totals)
        for (n, name), totals_of in parts.items():
            quantity = quantity_of(self._meters[n].aggregation, together(totals_of))
            self._by_window.setdefault(n, {})[name] = quantity
        unique: dict[tuple[int, str], set[str]] = defaultdict(set)
        of_members = [
            one for one in spans if self._meters[one.n].aggregation is Aggregation.UNIQUE_COUNT
        ]
        for n, hour, member in await self._reader.hourly_members(of_members):
            unique[n, self._name(n, hour)].add(member)
        for (n, name), members in unique.items():
            self._by_window.setdefault(n, {})[name] = Decimal(len(members))

    async def _split_by_events(self) -> None:
        """Windows that begin within an hour cannot be told from hours."""
        spans = self._to_split(hourly=False)
        parts: dict[tuple[int, str], list[Totals]] = defaultdict(list)
        unique: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in await self._reader.events(spans):
            n, at, value = row["n"], row["at"], row["value"]
            name = _windows(self._windows[n]).window_of(at.astimezone(self._zones[n]))
            parts[n, name].append(Totals(1, value, value, value, at))
            if row["member"] is not None:
                unique[n, name].add(row["member"])
        for (n, name), totals_of in parts.items():
            aggregation = self._meters[n].aggregation
            self._by_window.setdefault(n, {})[name] = (
                Decimal(len(unique[n, name]))
                if aggregation is Aggregation.UNIQUE_COUNT
                else quantity_of(aggregation, together(totals_of))
            )

    def _is_hourly(self, n: int) -> bool:
        return all(at % _HOUR_MINUTES == 0 for at in _windows(self._windows[n]).starts)

    def _name(self, n: int, hour: datetime) -> str:
        return _windows(self._windows[n]).window_of(local_hour(hour, self._zones[n]))


def _windows(window: UsageWindow) -> Windows:
    assert window.time_of_use is not None, "Need.WINDOWS goes with time_of_use"
    return window.time_of_use


def _fits(dimensions: str, window: UsageWindow) -> bool:
    values = orjson.loads(dimensions)
    return all(values.get(name) in accepted for name, accepted in window.filters)


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

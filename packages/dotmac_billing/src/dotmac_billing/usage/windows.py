"""What is asked about usage, and what of it came too late."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.charges.measured import Need
from dotmac_billing.charges.windows import Windows

Filters = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension → values of it that count; usage must fit all of them."""


class UsageWindow(NamedTuple):
    """The usage of one subscription on one meter from `since` up to, not including, `until`.

    The instants are local midnights of the subscription's zone. `key` is the caller's and comes
    back with the answer. `filters` name dimensions of the meter. `time_of_use` is asked for with
    `Need.WINDOWS` only.
    """

    key: Hashable
    subscription_id: UUID
    meter: str
    since: datetime
    until: datetime
    filters: Filters = ()
    needs: frozenset[Need] = frozenset({Need.TOTAL})
    time_of_use: Windows | None = None


@dataclass(frozen=True, slots=True)
class LateUsage:
    """Usage of a `day` (in the subscription's zone) that changed when it had been billed.

    Rate its period again: what it adds up to now minus what was billed; then settle it. `count` is
    the number of events. `is_certain` False: it changed while a bill run was about to bill that
    day, so that there may be nothing left to bill.
    """

    id: UUID
    subscription_id: UUID
    meter: str
    day: date
    count: int
    is_certain: bool

"""Whose usage is read, and where it lies (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import orjson

from dotmac_billing.catalog.terms import BillingCycle
from dotmac_billing.usage.meters.definition import MeterTerms


class Series(NamedTuple):
    """Usage of a subscription on a meter with one set of `dimensions`, a JSON object as text."""

    id: UUID
    dimensions: str
    time_zone: str


SeriesOf = Mapping[tuple[UUID, UUID], Sequence[Series]]
"""By subscription and meter."""


class Subscribed(NamedTuple):
    """What a reading must know of a subscription, with the meters that it ever had usage on."""

    id: UUID
    number: str
    time_zone: str
    anchor_on: date
    cycle: BillingCycle
    meters: dict[UUID, MeterTerms]
    series: dict[tuple[UUID, UUID], list[Series]]


def values_of(subscription: Subscribed, meter: MeterTerms, dimension: str) -> list[tuple[str, str]]:
    """The dimension with each value of it that there is usage of, in order; none of another."""
    if dimension not in meter.dimensions:
        return []
    found = (
        orjson.loads(one.dimensions)
        for one in subscription.series.get((subscription.id, meter.id), ())
    )
    return sorted({(dimension, values[dimension]) for values in found if dimension in values})

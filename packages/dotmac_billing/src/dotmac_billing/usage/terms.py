"""The words of metering: how a meter adds events up, and what becomes of those that come late."""

from __future__ import annotations

from enum import Enum


class Aggregation(Enum):
    """What a meter makes of the events of a span of time.

    `COUNT` how many; `SUM`, `MAX`, `AVERAGE` of their values; `UNIQUE_COUNT` how many different
    values; `LATEST` the value of the last one; `WEIGHTED_SUM` the values by the time they held.
    """

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    UNIQUE_COUNT = "unique_count"
    LATEST = "latest"
    AVERAGE = "average"
    WEIGHTED_SUM = "weighted_sum"


class Weighting(Enum):
    """The unit of time of a weighted sum.

    `PERIOD`: the average level over the span asked about (10 seats for half a month are 5).
    `HOUR` and `DAY`: value times hours or days (10 GB for half a day are 120 GB hours).
    """

    PERIOD = "period"
    HOUR = "hour"
    DAY = "day"


class LatePolicy(Enum):
    """What is done with an event of a day that has been billed.

    `INTO_DRAFT`: into the draft of that period while there is one, else as `NEXT_INVOICE`: charged
    on the next invoice, marked as of an earlier period. `REFUSE`: it is not taken.
    """

    INTO_DRAFT = "into_draft"
    NEXT_INVOICE = "next_invoice"
    REFUSE = "refuse"

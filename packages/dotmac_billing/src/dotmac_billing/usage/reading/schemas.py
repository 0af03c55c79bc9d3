"""HTTP shapes of readings."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import ConfigDict, Field

from dotmac_billing.usage.terms import Aggregation
from dotmac_core_ops.http import JsonMoney, ResponseModel


class DayOut(ResponseModel):
    """A day's usage by itself; averages and unique counts of days do not add up to the whole."""

    day: date
    quantity: JsonMoney


class GroupOut(ResponseModel):
    """The usage with one value of the dimension grouped by."""

    value: str
    quantity: JsonMoney


class MeterReadingOut(ResponseModel):
    """A meter's usage. `amount`: the sum of the prices that came with the events, if they do."""

    meter: str
    aggregation: Aggregation
    quantity: JsonMoney
    amount: JsonMoney | None
    days: list[DayOut]
    groups: list[GroupOut]


class ReadingOut(ResponseModel):
    """A subscription's usage on the days from `from` up to, not including, `to`, in its zone."""

    model_config = ConfigDict(from_attributes=True, frozen=True, populate_by_name=True)

    subscription_id: UUID
    number: str
    time_zone: str
    since: date = Field(alias="from")
    until: date = Field(alias="to")
    meters: list[MeterReadingOut]

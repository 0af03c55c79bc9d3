"""HTTP shapes of meters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.usage.meters.definition import (
    BACK_DATING_DAYS,
    MOST_ACCEPTED_VALUES,
    MOST_BACK_DATING_DAYS,
    MOST_DIMENSIONS,
    NewMeter,
)
from dotmac_billing.usage.terms import Aggregation, LatePolicy, Weighting
from dotmac_core_ops.http import RequestModel, ResponseModel

MeterCode = Annotated[str, Field(min_length=1, max_length=64, examples=["traffic"])]
MeterName = Annotated[str, Field(min_length=1, max_length=200, examples=["Traffic in GB"])]
PropertyName = Annotated[str, Field(min_length=1, max_length=64, examples=["region"])]
Accepted = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200)]],
    Field(min_length=1, max_length=MOST_ACCEPTED_VALUES),
]
Days = Annotated[int, Field(ge=1, le=MOST_BACK_DATING_DAYS)]


class MeterIn(RequestModel):
    """A meter. What it counts cannot be changed later, for it will have been billed so.

    `value_property` is where the value is when an event has none of its own; `price_property` where
    its price is. Only events that fit all `filters` count. Usage is kept apart by `dimensions`.
    """

    code: MeterCode
    name: MeterName
    aggregation: Aggregation
    weighting: Weighting | None = None
    value_property: PropertyName | None = None
    price_property: PropertyName | None = None
    filters: Annotated[
        dict[PropertyName, Accepted], Field(examples=[{"status": ["completed"]}])
    ] = {}
    dimensions: Annotated[list[PropertyName], Field(max_length=MOST_DIMENSIONS)] = []
    late_policy: LatePolicy = LatePolicy.NEXT_INVOICE
    back_dating_days: Days = BACK_DATING_DAYS

    def meter(self) -> NewMeter:
        """As the service takes it."""
        return NewMeter(
            code=self.code,
            name=self.name,
            aggregation=self.aggregation,
            weighting=self.weighting,
            value_property=self.value_property,
            price_property=self.price_property,
            filters={name: tuple(accepted) for name, accepted in self.filters.items()},
            dimensions=tuple(self.dimensions),
            late_policy=self.late_policy,
            back_dating_days=self.back_dating_days,
        )


class MeterChange(RequestModel):
    """What may change about a meter; what is left out stays. An archived one takes no events."""

    name: MeterName | None = None
    late_policy: LatePolicy | None = None
    back_dating_days: Days | None = None
    archived: bool | None = None


class MeterOut(ResponseModel):
    """A meter."""

    id: UUID
    code: str
    name: str
    aggregation: Aggregation
    weighting: Weighting | None
    value_property: str | None
    price_property: str | None
    filters: dict[str, list[str]]
    dimensions: list[str]
    late_policy: LatePolicy
    back_dating_days: int
    created_at: datetime
    archived_at: datetime | None
    version: int

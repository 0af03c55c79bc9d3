"""HTTP shapes of corrections."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class CorrectionIn(RequestModel):
    """What the event is worth after all: `void`, or another `value` or `price`."""

    void: bool = False
    value: Annotated[JsonMoney | None, Field(ge=0, examples=[480])] = None
    member: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="The value, for meters of unique values."),
    ] = None
    price: Annotated[JsonMoney | None, Field(ge=0)] = None
    reason: Annotated[str | None, Field(max_length=500, examples=["The router counted twice."])] = (
        None
    )

    @property
    def worth(self) -> Decimal | str | None:
        """The value, or the member that stands for it."""
        return self.member if self.member is not None else self.value


class NamedCorrectionIn(CorrectionIn):
    """A correction of the event with this id, whatever characters it has."""

    event_id: Annotated[
        str,
        StringConstraints(min_length=1, max_length=200, strip_whitespace=False),
        Field(examples=["router/7/2026-11-20"]),
    ]


class CorrectionOut(ResponseModel):
    """A correction; what an event is worth is said by its newest."""

    id: UUID
    event_id: str
    at: datetime
    is_void: bool
    value: JsonMoney | None
    member: str | None
    price: JsonMoney | None
    reason: str | None
    created_at: datetime

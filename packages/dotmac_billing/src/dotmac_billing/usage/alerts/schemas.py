"""HTTP shapes of usage alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class UsageAlertIn(RequestModel):
    """A threshold: a `quantity`, or `percent` of what the price includes."""

    subscription_id: UUID
    meter: Annotated[str, Field(min_length=1, max_length=64, examples=["traffic"])]
    quantity: Annotated[JsonMoney | None, Field(gt=0, lt=10**15, decimal_places=9)] = None
    percent: Annotated[JsonMoney | None, Field(gt=0, le=1000, decimal_places=4, examples=[80])] = (
        None
    )


class UsageAlertOut(ResponseModel):
    """An alert; it goes off once in a billing period."""

    id: UUID
    subscription_id: UUID
    meter: str
    quantity: JsonMoney
    percent: JsonMoney | None
    created_at: datetime

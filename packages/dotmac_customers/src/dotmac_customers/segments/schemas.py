"""HTTP shapes of segments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.segments.models import SegmentKind

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["New in the north"])]
Description = Annotated[str, Field(max_length=500, examples=["For the spring campaign."])]
FilterJson = Annotated[
    dict[str, Any],
    Field(
        description="`{field, op, value}`, or `all`, `any` and `not` of such; see the guide.",
        examples=[{"field": "city", "op": "eq", "value": "Umeå"}],
    ),
]
CustomerIds = Annotated[list[UUID], Field(min_length=1, max_length=10_000)]


class SegmentIn(RequestModel):
    """A segment to be made: a list kept by hand, or all who match a rule."""

    name: Name
    description: Description = ""
    kind: SegmentKind = SegmentKind.LIST
    rule: FilterJson | None = None


class SegmentChangeIn(RequestModel):
    """What shall be different; what is left out stays."""

    name: Name = ""
    description: Description = ""
    rule: FilterJson | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class MembersIn(RequestModel):
    """Customers for a list, or of it."""

    customer_ids: CustomerIds


class SegmentOut(ResponseModel):
    """A segment."""

    id: UUID
    name: str
    description: str
    kind: SegmentKind
    rule: dict[str, Any] | None
    version: int
    created_at: datetime
    updated_at: datetime


class SegmentWithCountOut(SegmentOut):
    """A segment, and how many customers belong to it now."""

    customers: int


class MembersChangedOut(ResponseModel):
    """How many customers came, or went."""

    changed: int

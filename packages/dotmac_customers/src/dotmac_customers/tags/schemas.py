"""HTTP shapes of tags."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel

Name = Annotated[str, Field(min_length=1, max_length=63, examples=["vip"])]
Colour = Annotated[
    str, Field(pattern="^#[0-9a-fA-F]{6}$", description="As in CSS.", examples=["#2563eb"])
]
Description = Annotated[str, Field(max_length=500, examples=["Answer within the hour."])]
FilterJson = Annotated[
    dict[str, Any],
    Field(
        description="`{field, op, value}`, or `all`, `any` and `not` of such; see the guide.",
        examples=[{"all": [{"field": "state", "op": "eq", "value": "active"}]}],
    ),
]


class TagIn(RequestModel):
    """What a tag means, and the rule that gives it, if it is not given by hand."""

    name: Name
    colour: Colour = "#64748b"
    description: Description = ""
    rule: FilterJson | None = None


class TagChangeIn(RequestModel):
    """What shall be different. What is left out stays; `rule` null gives it by hand from now on."""

    name: Name = ""
    colour: Colour = "#64748b"
    description: Description = ""
    rule: FilterJson | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class TagOut(ResponseModel):
    """A tag."""

    id: UUID
    name: str
    colour: str
    description: str
    rule: dict[str, Any] | None
    version: int
    created_at: datetime
    updated_at: datetime


class TagWithCountOut(TagOut):
    """A tag, and how many customers have it."""

    customers: int


class CustomerTagsOut(ResponseModel):
    """The tags of a customer."""

    tags: list[str]

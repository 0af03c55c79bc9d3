"""HTTP shapes of changing many customers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.bulk.edit import MOST_CUSTOMERS, BulkEdit, BulkMove
from dotmac_customers.profiles.profile import CustomerKind
from dotmac_customers.profiles.schemas import CustomFields, Language, MoveIn, Tags, TimeZone
from dotmac_customers.segments.schemas import FilterJson


class FieldsIn(RequestModel):
    """Fields to be set to the same for all; what is left out stays, null clears."""

    kind: CustomerKind | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    custom_fields: CustomFields | None = None


class BulkEditIn(RequestModel):
    """Who is meant (all that is given must hold), and what to do to them."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_CUSTOMERS)] | None = (
        None
    )
    filter: FilterJson | None = None
    segment_id: UUID | None = None
    add_tags: Tags = []
    remove_tags: Tags = []
    assignee_id: UUID | None = Field(None, description="A user; null for nobody.")
    fields: FieldsIn | None = None
    move: MoveIn | None = None
    dry_run: bool = Field(default=False, description="Count, and change nothing.")

    def edit(self) -> BulkEdit:
        """What to do."""
        fields: dict[str, Any] = {}
        if self.fields is not None:
            fields = {name: getattr(self.fields, name) for name in self.fields.model_fields_set}
        move = None
        if self.move is not None:
            move = BulkMove(self.move.state, self.move.reason, self.move.note)
        return BulkEdit(
            add_tags=tuple(self.add_tags),
            remove_tags=tuple(self.remove_tags),
            assign="assignee_id" in self.model_fields_set,
            assignee_id=self.assignee_id,
            fields=fields,
            move=move,
        )


class BulkResultOut(ResponseModel):
    """How many customers were meant, and for how many each part made a difference."""

    matched: int
    tagged: int
    assigned: int
    edited: int
    moved: int
    dry_run: bool

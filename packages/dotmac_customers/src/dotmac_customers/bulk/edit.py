"""What is to be done to many customers, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dotmac_customers.profiles.states import CustomerState, Reason

MOST_CUSTOMERS = 10_000
"""How many customers can be changed at once."""

FIELDS = frozenset({"kind", "language", "time_zone", "custom_fields"})
"""What can be set to one value for many."""


@dataclass(frozen=True, slots=True)
class BulkMove:
    """A move to another state; customers for whom it is not legal stay where they are."""

    state: CustomerState
    reason: Reason
    note: str | None = None


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """What is to be done. `assign` says whether `assignee_id` (None: nobody) is meant."""

    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    assign: bool = False
    assignee_id: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    move: BulkMove | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is to be done."""
        return not (
            self.add_tags or self.remove_tags or self.assign or self.fields or self.move is not None
        )


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many customers matched, and for how many each part made a difference."""

    matched: int
    tagged: int
    assigned: int
    edited: int
    moved: int

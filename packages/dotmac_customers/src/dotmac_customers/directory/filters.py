"""Which customers are wanted, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dotmac_customers.filters.expression import Expression
from dotmac_customers.profiles.profile import CustomerKind, Level
from dotmac_customers.profiles.states import CustomerState
from dotmac_customers.scoping.part import Part

SORTS = ("created_at", "name", "number")
"""What a list can be sorted by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The customers that a list or an export is about; None leaves a condition out.

    `created_after` is included, `created_before` is not. `q` holds beginnings of words of the name,
    of the e-mail address, the number or the external id; all of them must be found. `field_values`
    are values that searchable custom fields have, by key. `list_id` is a segment kept by hand,
    `expression` one by rule. `within` is the part to which whoever asks is confined.
    """

    state: CustomerState | None = None
    kind: CustomerKind | None = None
    tag: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    q: str | None = None
    level: Level | None = None
    parent_id: UUID | None = None
    assignee_id: UUID | None = None
    field_values: tuple[tuple[str, str], ...] = ()
    list_id: UUID | None = None
    expression: Expression | None = None
    sort: str = "created_at"
    descending: bool = True
    within: Part | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether no condition is left."""
        return replace(self, sort="created_at", descending=True) == EVERYBODY

    @property
    def is_everybody_active(self) -> bool:
        """Whether the only condition is that the customer is active."""
        return self.state is CustomerState.ACTIVE and replace(self, state=None).is_everybody

    @property
    def is_everybody_residential(self) -> bool:
        """Whether the only condition is that the customer is a person."""
        return self.kind is CustomerKind.RESIDENTIAL and replace(self, kind=None).is_everybody


EVERYBODY = Wanted()
"""Without any condition."""

"""Which customers are wanted, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dotmac_customers.profiles.profile import CustomerKind
from dotmac_customers.profiles.states import CustomerState

SORTS = ("created_at", "name", "number")
"""What a list can be sorted by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The customers that a list or an export is about; None leaves a condition out.

    `created_after` is included, `created_before` is not. `q` holds beginnings of words of the name,
    of the e-mail address, the number or the external id; all of them must be found. `within` are
    the groups to which whoever asks is confined: empty, there is nobody.
    """

    state: CustomerState | None = None
    kind: CustomerKind | None = None
    tag: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    q: str | None = None
    sort: str = "created_at"
    descending: bool = True
    within: frozenset[UUID] | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether no condition is left."""
        return self.within is None and not any(
            (self.state, self.kind, self.tag, self.created_after, self.created_before, self.q)
        )

    @property
    def is_everybody_active(self) -> bool:
        """Whether the only condition is that the customer is active."""
        return self.state is CustomerState.ACTIVE and replace(self, state=None).is_everybody

"""Which customers something is done to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dotmac_customers.filters.expression import Expression


@dataclass(frozen=True, slots=True)
class Target:
    """The customers for whom all that is given holds; nothing given means everybody.

    `customer_ids` are named one by one, `list_id` is a segment kept by hand, `expression` a filter.
    """

    customer_ids: tuple[UUID, ...] | None = None
    list_id: UUID | None = None
    expression: Expression | None = None

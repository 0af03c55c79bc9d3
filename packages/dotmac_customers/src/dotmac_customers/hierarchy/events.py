"""Facts about trees of customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class BranchMoved(Event):
    """A customer, with all that stands below it, stands somewhere else now.

    With `parent_pays` the parent is to pay for it from now on; without a parent, and with
    `parent_pays`, it pays for itself again.
    """

    name: ClassVar[str] = "customers.branch_moved"

    customer_id: UUID
    parent_id: UUID | None = None
    previous_parent_id: UUID | None = None
    level: str
    parent_pays: bool = False

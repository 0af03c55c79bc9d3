"""Facts about imports, and about customers who are gone with one."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class ImportFinished(Event):
    """Something became of every row of a file of customers."""

    name: ClassVar[str] = "customers.import_finished"

    import_id: UUID
    created: int
    changed: int
    same: int
    refused: int


class ImportUndone(Event):
    """What a file of customers brought was taken back, but for those who had moved on (`left`)."""

    name: ClassVar[str] = "customers.import_undone"

    import_id: UUID
    undone: int
    left: int


class CustomerRemoved(Event):
    """A customer whom nobody had used yet is gone, as if it had never been made."""

    name: ClassVar[str] = "customers.customer_removed"

    customer_id: UUID
    number: str

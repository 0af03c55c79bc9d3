"""Facts about merges."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class CustomersMerged(Event):
    """Two customers were one and the same: `merged_id` is part of `kept_id` from now on.

    Whoever keeps something for a customer moves it to the kept one, inline: who cannot refuses, and
    the merge does not happen.
    """

    name: ClassVar[str] = "customers.customers_merged"

    kept_id: UUID
    merged_id: UUID

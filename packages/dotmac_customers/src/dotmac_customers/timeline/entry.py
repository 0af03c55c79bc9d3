"""An entry of a customer's timeline, as modules write one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something that happened to a customer.

    `kind` groups entries for whoever filters (`invoice`, `payment`, `message`, …). `title` is a
    sentence without anything personal: it cannot be changed later. `about` is the kind and the id
    of what it happened with. `amount` has a `currency` beside it. `event_id` is the announcement.
    """

    customer_id: UUID
    at: datetime
    kind: str
    title: str
    amount: Decimal | None = None
    currency: str | None = None
    about: tuple[str, UUID] | None = None
    event_id: UUID | None = None

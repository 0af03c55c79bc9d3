"""Facts about billing's customers."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class CustomerOpened(Event):
    """Billing knows a new payer."""

    name: ClassVar[str] = "billing.customer_opened"

    customer_id: UUID
    code: str
    currency: str


class CustomerChanged(Event):
    """What billing knows of a payer is different from now on; `changed` names the fields."""

    name: ClassVar[str] = "billing.customer_changed"

    customer_id: UUID
    changed: list[str]

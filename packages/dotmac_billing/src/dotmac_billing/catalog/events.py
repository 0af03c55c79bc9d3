"""Facts about the catalogue."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class PlanPublished(Event):
    """A version of a plan can be subscribed to from its day on."""

    name: ClassVar[str] = "billing.plan_published"

    plan_id: UUID
    plan_version_id: UUID
    code: str
    version: int


class PlanChanged(Event):
    """What stands beside a plan's versions changed: name, product, whether it is offered."""

    name: ClassVar[str] = "billing.plan_changed"

    plan_id: UUID
    code: str
    changed: tuple[str, ...]

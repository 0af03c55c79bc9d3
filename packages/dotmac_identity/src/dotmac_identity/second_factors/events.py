"""Facts about second factors."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class SecondFactorEnrolled(Event):
    """Somebody has a second factor now."""

    name: ClassVar[str] = "identity.second_factor_enrolled"

    user_id: UUID


class SecondFactorRemoved(Event):
    """Somebody has no second factor any more; `by_administrator`, if somebody else removed it."""

    name: ClassVar[str] = "identity.second_factor_removed"

    user_id: UUID
    by_administrator: bool


class SecondFactorRulesChanged(Event):
    """Who has to have a second factor is decided anew; `roles` are names."""

    name: ClassVar[str] = "identity.second_factor_rules_changed"

    everybody: bool
    roles: tuple[str, ...]

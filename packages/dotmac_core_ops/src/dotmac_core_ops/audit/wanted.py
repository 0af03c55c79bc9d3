"""Which entries of the audit log are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """Conditions that all hold; None leaves one out. `since` is included, `until` is not."""

    actor: str | None = None
    actor_kind: str | None = None
    action: str | None = None
    target_type: str | None = None
    target_id: str | None = None
    request_id: str | None = None
    impersonated_by: str | None = None
    is_impersonated: bool | None = None
    since: datetime | None = None
    until: datetime | None = None

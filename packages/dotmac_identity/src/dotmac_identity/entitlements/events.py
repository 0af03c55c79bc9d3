"""Facts about what a tenant may use."""

from __future__ import annotations

from typing import ClassVar

from dotmac_core_events import Event


class EntitlementsChanged(Event):
    """A tenant's plan or overrides have changed what it may use; `plan` None: nothing is granted.

    Announced to the tenant itself.
    """

    name: ClassVar[str] = "identity.entitlements_changed"

    plan: str | None
    tier: str | None

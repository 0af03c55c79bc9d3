"""Facts about custom fields."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from dotmac_core_events import Event


class CustomFieldChanged(Event):
    """A custom field was defined, changed, archived or restored.

    Whoever keeps a search index looks at `entity` and `key` anew when `is_searchable` has changed.
    """

    name: ClassVar[str] = "identity.custom_field_changed"

    field_id: UUID
    entity: str
    key: str
    is_searchable: bool
    is_archived: bool

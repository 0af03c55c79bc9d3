"""Which side's values the kept customer has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FIELDS = (
    *("name", "kind", "email", "phone", "external_id", "notes", "currency", "time_zone"),
    *("given_name", "family_name", "company_name", "tax_id", "registration_number", "language"),
    "assignee_id",
)
"""The fields of which one side is chosen."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the kept customer gets from the other, and the tags of both."""

    fields: Mapping[str, Any]
    custom: Mapping[str, Any]
    tags: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The fields that come from the other."""
        return [*self.fields, *(f"{CUSTOM}{key}" for key in self.custom)]


CUSTOM = "custom_fields."
"""Before the key of a custom field that is taken."""


def chosen_values(
    kept: Mapping[str, Any], merged: Mapping[str, Any], take: Iterable[str]
) -> dict[str, Any]:
    """What is to be different at the kept one: what it lacks, and what is taken on purpose."""
    taken = set(take)
    return {
        field: merged[field]
        for field in kept
        if (field in taken or kept[field] in (None, "")) and merged[field] not in (None, "")
        if merged[field] != kept[field]
    }

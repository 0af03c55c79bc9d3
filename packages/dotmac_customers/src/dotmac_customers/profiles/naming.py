"""The one name by which a customer is shown, from the parts of it that are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAME_PARTS = ("given_name", "family_name", "company_name")
"""The fields that a name is made of."""


def shown_name(
    given_name: str | None, family_name: str | None, company_name: str | None
) -> str | None:
    """A company's name before a person's: `shown_name("Ann", "Berg", None)` is `"Ann Berg"`.

    None where nothing is known.
    """
    return company_name or " ".join(filter(None, (given_name, family_name))) or None


def renamed(before: Mapping[str, Any], changes: Mapping[str, Any]) -> str | None:
    """The name that follows from changed parts; None to leave it as it is.

    Somebody who gave the customer a name of its own keeps it; one that was made of its parts moves
    with them. Both mappings hold `name` and `NAME_PARTS`; `changes` only what was changed.
    """
    if "name" in changes or not changes.keys() & set(NAME_PARTS):
        return None
    if before["name"] != shown_name(*(before[part] for part in NAME_PARTS)):
        return None
    return shown_name(*(changes.get(part, before[part]) for part in NAME_PARTS))

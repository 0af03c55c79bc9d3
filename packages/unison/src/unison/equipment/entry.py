"""Equipment as it is entered, and as lists are narrowed down."""

from __future__ import annotations

from dataclasses import dataclass

SORTS = ("code", "name", "location", "created_at")
"""What a list can be sorted by."""


@dataclass(frozen=True, slots=True)
class NewEquipment:
    """A machine or installation to be entered. No two have the same `code`."""

    code: str
    name: str
    location: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class WantedEquipment:
    """What a list is narrowed to; None stands for all.

    Each word of `q` must be found in the code, the name or the location.
    """

    q: str | None = None
    is_active: bool | None = None
    sort: str = "code"
    descending: bool = False

"""Which notes are wanted, and in which order."""

from __future__ import annotations

from dataclasses import dataclass

SORTS = ("written_at", "title")
"""What a list can be sorted by."""


@dataclass(frozen=True, slots=True)
class WantedSampleNotes:
    """What a list is narrowed to: each word of `q` must be found in the title or the body."""

    q: str | None = None
    sort: str = "written_at"
    descending: bool = True

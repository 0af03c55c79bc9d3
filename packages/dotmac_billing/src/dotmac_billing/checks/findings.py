"""What a standing check has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something in the books that cannot be: which check says so, how often, and some of it."""

    check: str
    message: str
    count: int
    examples: tuple[str, ...]

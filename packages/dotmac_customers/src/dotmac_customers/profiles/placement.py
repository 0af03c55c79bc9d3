"""Where a customer may stand: account, sub-accounts below it, sites at the ends."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dotmac_customers.profiles.errors import InvalidPlaceError
from dotmac_customers.profiles.profile import Level

DEEPEST = 5
"""How many levels a tree may have, the account at the top included."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer stands: its level, and its depth (1 at the top)."""

    id: UUID
    level: Level
    depth: int


def fitting_level(level: Level | None, parent: Place | None) -> Level:
    """`level`, or without one what fits: an account at the top, a sub-account below a parent."""
    if level is not None:
        return level
    return Level.ACCOUNT if parent is None else Level.SUB_ACCOUNT


def check_place(level: Level, parent: Place | None, height: int = 1) -> None:
    """Refuse a place that makes no sense for a customer with `height` levels, itself included.

    Raises:
        InvalidPlaceError: an account below another customer, or anything else without a parent;
            something below a site; more than `DEEPEST` levels.
    """
    if parent is None:
        if level is not Level.ACCOUNT:
            raise InvalidPlaceError(f"A {_words(level)} stands below another customer: say which.")
        return
    if level is Level.ACCOUNT:
        raise InvalidPlaceError("An account stands at the top: make it a sub-account or a site.")
    if parent.level is Level.SITE:
        raise InvalidPlaceError("Nothing stands below a site: choose its account instead.")
    if level is Level.SITE and height > 1:
        raise InvalidPlaceError("A site has nothing below it: move that somewhere else before.")
    if parent.depth + height > DEEPEST:
        raise InvalidPlaceError(
            f"A tree has at most {DEEPEST} levels; this one would have {parent.depth + height}."
        )


def _words(level: Level) -> str:
    return level.value.replace("_", "-")

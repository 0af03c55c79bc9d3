"""What a plan entitles to, and what several together do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from dotmac_billing.catalog.plan import UNLIMITED, Feature


class EntitlementKind(Enum):
    """On or off, so many, or a word that the program understands."""

    SWITCH = "switch"
    LIMIT = "limit"
    WORD = "word"


class Entitlement(NamedTuple):
    """One feature. `limit` None: not limited (or none, when it is not a limit)."""

    feature: str
    kind: EntitlementKind
    is_granted: bool
    limit: int | None = None
    word: str | None = None


def entitlements_of(features: Mapping[str, Feature]) -> list[Entitlement]:
    """What a version's features say, by name. A limit of 0 and an empty word grant nothing."""
    return [_entitlement(name, features[name]) for name in sorted(features)]


def _entitlement(name: str, value: Feature) -> Entitlement:
    if isinstance(value, bool):
        return Entitlement(name, EntitlementKind.SWITCH, value)
    if isinstance(value, int):
        limit = None if value == UNLIMITED else value
        return Entitlement(name, EntitlementKind.LIMIT, value != 0, limit=limit)
    return Entitlement(name, EntitlementKind.WORD, bool(value), word=value)


def together(features: Iterable[Mapping[str, Feature]]) -> dict[str, Feature]:
    """The features of a plan and its add-ons as one.

    What one of them switches on is on; limits add up, and unlimited stays so; of words the last
    stands. A limit beside a switch is a limit: `True` is unlimited then, `False` nothing.
    """
    summed: dict[str, Feature] = {}
    for one in features:
        for name, value in one.items():
            summed[name] = _sum(summed[name], value) if name in summed else value
    return summed


def _sum(left: Feature, right: Feature) -> Feature:
    if isinstance(left, bool) and isinstance(right, bool):
        return left or right
    if isinstance(left, str) or isinstance(right, str):
        return right
    limits = (_limit(left), _limit(right))
    return UNLIMITED if UNLIMITED in limits else sum(limits)


def _limit(value: bool | int) -> int:
    if isinstance(value, bool):
        return UNLIMITED if value else 0
    return value

"""Events as JSON: by hand, because a model for each of a thousand costs more than taking it in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from dotmac_billing.usage.ingestion.refusals import (
    MALFORMED_EVENT,
    PROPERTIES_INVALID,
    TIME_INVALID,
)
from dotmac_billing.usage.reported import NO_PROPERTIES, Refusal, UsageEvent

_FIELDS = frozenset({"event_id", "meter", "at", "customer", "subscription", "value", "properties"})
_REQUIRED = ("event_id", "meter", "at")
_TEXTS = ("event_id", "meter")
_OPTIONAL_TEXTS = ("customer", "subscription")
_SCALARS = frozenset({str, int, float, bool, Decimal})
_SHORTEST_INSTANT = len("2026-11-20T12:00Z")


def event_of(item: object) -> UsageEvent | Refusal:
    """A parsed JSON object as an event; what it means is looked at later."""
    if type(item) is not dict:
        return _malformed("An event is an object.")
    problem = _problem(item)
    if problem is not None:
        return _malformed(problem)
    at = instant(item["at"])
    if at is None:
        return TIME_INVALID
    properties = item.get("properties") or NO_PROPERTIES
    if type(properties) is dict:
        if not all(type(one) in _SCALARS for one in properties.values()):
            return PROPERTIES_INVALID
    elif properties is not NO_PROPERTIES:
        return PROPERTIES_INVALID
    return UsageEvent(
        item["event_id"],
        item["meter"],
        at,
        item.get("customer"),
        item.get("subscription"),
        item.get("value"),
        properties,
    )


def _problem(item: dict[str, object]) -> str | None:
    for name in _REQUIRED:
        if name not in item:
            return f"{name} is missing."
    for name in _TEXTS:
        if type(item[name]) is not str:
            return f"{name} is a text."
    for name in _OPTIONAL_TEXTS:
        if item.get(name) is not None and type(item[name]) is not str:
            return f"{name} is a text."
    if not item.keys() <= _FIELDS:
        return f"{min(item.keys() - _FIELDS)[:100]} is no field of an event."
    return None


def instant(written: object) -> datetime | None:
    """An instant with its offset, as ISO 8601 and RFC 3339 write it; None of anything else."""
    if type(written) is not str or len(written) < _SHORTEST_INSTANT or written[4] != "-":
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _malformed(problem: str) -> Refusal:
    return Refusal(MALFORMED_EVENT, problem)

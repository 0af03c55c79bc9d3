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
    get = item.get
    event_id, meter, written = get("event_id"), get("meter"), get("at")
    customer, subscription, properties = (
        get("customer"),
        get("subscription"),
        get("properties") or NO_PROPERTIES,
    )
    if (
        type(event_id) is not str
        or type(meter) is not str
        or not (subscription is None or type(subscription) is str)
        or not (customer is None or type(customer) is str)
        or not item.keys() <= _FIELDS
        or "at" not in item
    ):
        return _malformed(_problem(item))
    at = instant(written)
    if at is None:
        return TIME_INVALID
    if type(properties) is not dict or not _SCALARS.issuperset(map(type, properties.values())):
        return PROPERTIES_INVALID
    return UsageEvent(event_id, meter, at, customer, subscription, get("value"), properties)


def _problem(item: dict[str, object]) -> str:
    for name in _REQUIRED:
        if name not in item:
            return f"{name} is missing."
    for name in _TEXTS:
        if type(item[name]) is not str:
            return f"{name} is a text."
    for name in _OPTIONAL_TEXTS:
        if item.get(name) is not None and type(item[name]) is not str:
            return f"{name} is a text."
    return f"{min(item.keys() - _FIELDS)[:100]} is no field of an event."


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

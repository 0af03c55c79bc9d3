"""Rows of a file as events: CSV with a header, or NDJSON with an object a line (pure)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping

import orjson

from dotmac_billing.usage.ingestion.refusals import MALFORMED_EVENT
from dotmac_billing.usage.ingestion.reported_json import event_of
from dotmac_billing.usage.reported import Refusal, UsageEvent

FIELDS = ("event_id", "meter", "at", "customer", "subscription", "value")
"""The columns that mean something; every other one is a property of the event."""

_REQUIRED = frozenset({"event_id", "meter", "at"})

Numbered = tuple[int, UsageEvent | Refusal]
"""The line on which a row ends, counted from 1, and what it says."""


def missing_columns(header: Iterable[str]) -> list[str]:
    """Columns that a CSV file must have and does not."""
    return sorted(_REQUIRED - set(header))


def csv_events(lines: Iterable[str]) -> Iterator[Numbered]:
    """Events of a CSV file; an empty cell is as if the column were not there."""
    reader = csv.DictReader(lines)
    for row in reader:
        yield reader.line_num, _event(row)


def ndjson_events(lines: Iterable[str]) -> Iterator[Numbered]:
    """Events of a file with a JSON object a line; empty lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield number, Refusal(MALFORMED_EVENT, "The line is no JSON.")
            continue
        yield number, event_of(item)


def _event(row: Mapping[str | None, str | list[str] | None]) -> UsageEvent | Refusal:
    if None in row:
        return Refusal(MALFORMED_EVENT, "The row has more cells than the header.")
    item: dict[str, object] = {}
    properties: dict[str, object] = {}
    for name, cell in row.items():
        if name is not None and cell:
            (item if name in FIELDS else properties)[name] = cell
    if properties:
        item["properties"] = properties
    return event_of(item)

"""The journal as CSV, or as JSON with a posting to a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Protocol

from dotmac_billing.reports.csv_text import csv_table


class JournalFormat(Enum):
    """CSV with a line of headings, or JSON lines with amounts as strings."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class Row(Protocol):
    """Values by name."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 (a database row's values)
        """The value of a column."""


def journal_head(columns: Sequence[str], form: JournalFormat) -> str:
    """What comes before the first posting."""
    return csv_table(columns, ()) if form is JournalFormat.CSV else ""


def journal_text(columns: Sequence[str], rows: Iterable[Row], form: JournalFormat) -> str:
    """A line for each posting."""
    if form is JournalFormat.CSV:
        return csv_table((), ([row[name] for name in columns] for row in rows))
    return "".join(
        json.dumps({name: row[name] for name in columns}, default=str) + "\n" for row in rows
    )

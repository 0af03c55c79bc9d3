"""How far a task has come."""

from __future__ import annotations

from enum import StrEnum


class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"

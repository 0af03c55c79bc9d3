"""The states of a bill run."""

from __future__ import annotations

from enum import Enum


class RunStatus(Enum):
    """`RUNNING` with an old `updated_at` means that the process died; start another run."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"

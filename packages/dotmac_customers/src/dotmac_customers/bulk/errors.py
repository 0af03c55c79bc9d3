"""Refusals about changing many customers."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class BulkTooLargeError(InvalidError):
    """More customers match than can be changed at once: narrow the filter down."""

    code = "BULK_TOO_LARGE"

    def __init__(self, most: int) -> None:
        super().__init__(f"More than {most} customers match: narrow it down.", most=most)


class BulkNothingToDoError(InvalidError):
    """Neither who is meant nor what to do may be left out."""

    code = "BULK_NOTHING_TO_DO"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)

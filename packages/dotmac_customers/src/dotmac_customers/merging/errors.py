"""Refusals about merges."""

from __future__ import annotations

from dotmac_core_ops.errors import ConflictError, InvalidError


class MergeRefusedError(ConflictError):
    """These two cannot become one; the message says why and what to do before."""

    code = "MERGE_REFUSED"

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)


class InvalidMergeError(InvalidError):
    """A customer cannot be merged with itself, nor a field taken that there is not."""

    code = "INVALID_MERGE"

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)

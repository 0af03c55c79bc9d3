"""Refusals about filters."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class InvalidFilterError(InvalidError):
    """A filter makes no sense; `path` in the details is where, and the message says what to do."""

    code = "INVALID_FILTER"

    def __init__(self, path: str, problem: str, **details: object) -> None:
        super().__init__(f"{path or 'filter'}: {problem}", path=path, **details)

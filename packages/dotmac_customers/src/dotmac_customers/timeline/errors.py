"""Refusals about timelines."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class InvalidCursorError(InvalidError):
    """The cursor is none that we gave: begin without one, and go on with `next_cursor`."""

    code = "INVALID_CURSOR"

    def __init__(self) -> None:
        super().__init__("This is no cursor: begin without one.")

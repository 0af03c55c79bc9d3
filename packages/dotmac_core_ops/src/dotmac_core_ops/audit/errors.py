"""Refusals about the audit log."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class InvalidCursorError(InvalidError):
    """The cursor is not one that a page of this list gave; begin without one."""

    code = "INVALID_CURSOR"

    def __init__(self, cursor: str) -> None:
        super().__init__("The cursor is not one of this list.", cursor=cursor)

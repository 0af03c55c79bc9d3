"""Refusals about tickets."""

from __future__ import annotations

from dotmac_core_ops.errors import ForbiddenError


class TicketInvalidError(ForbiddenError):
    """The link was altered, or is for something else: ask for a new one."""

    code = "FILE_LINK_INVALID"

    def __init__(self) -> None:
        super().__init__("This link is not valid. Ask for a new one.")


class TicketExpiredError(ForbiddenError):
    """Links to files live for minutes: ask for a new one."""

    code = "FILE_LINK_EXPIRED"

    def __init__(self) -> None:
        super().__init__("This link has expired. Ask for a new one.")

"""What is refused about readings of usage."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class UsageSpanError(InvalidError):
    """The span has no day in it, or more than 400."""

    code = "USAGE_SPAN_INVALID"

    def __init__(self, most_days: int) -> None:
        super().__init__(f"`from` is before `to`, by at most {most_days} days.")

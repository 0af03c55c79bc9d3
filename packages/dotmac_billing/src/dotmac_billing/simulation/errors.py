"""What the playground refuses."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class NotMeteredError(InvalidError):
    """Usage was given for a component that is not charged by usage; it has a quantity instead."""

    code = "COMPONENT_NOT_METERED"

    def __init__(self, component: str) -> None:
        super().__init__(
            f"{component!r} is not charged by usage; give its item a quantity.",
            component=component,
        )

"""Refusals about segments."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class SegmentNotFoundError(NotFoundError):
    """The tenant has no such segment."""

    code = "SEGMENT_NOT_FOUND"

    def __init__(self, segment_id: UUID) -> None:
        super().__init__("There is no such segment.", segment_id=str(segment_id))


class SegmentNameTakenError(ConflictError):
    """Another segment has this name."""

    code = "SEGMENT_NAME_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__("Another segment has this name.", name=name)


class SegmentRuleError(InvalidError):
    """A segment by rule needs one, and a list has none."""

    code = "SEGMENT_RULE"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)


class SegmentIsRuledError(ConflictError):
    """A rule decides who belongs to the segment: change the rule, or make a list."""

    code = "SEGMENT_KEPT_BY_RULE"

    def __init__(self, segment_id: UUID) -> None:
        super().__init__(
            "A rule decides who belongs to this segment: change the rule instead.",
            segment_id=str(segment_id),
        )

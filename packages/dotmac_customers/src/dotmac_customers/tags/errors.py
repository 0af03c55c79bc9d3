"""Refusals about tags."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class TagNotFoundError(NotFoundError):
    """The tenant has defined no such tag."""

    code = "TAG_NOT_FOUND"

    def __init__(self, tag_id: UUID) -> None:
        super().__init__("There is no such tag.", tag_id=str(tag_id))


class TagNameTakenError(ConflictError):
    """Another definition has this name."""

    code = "TAG_NAME_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__("Another tag has this name.", name=name)


class TagKeptByRuleError(ConflictError):
    """A rule decides who has this tag: change the rule, or take it off the tag."""

    code = "TAG_KEPT_BY_RULE"

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"A rule decides who has {', '.join(names)}: change the rule instead.", tags=names
        )


class TagRuleOnRuleError(InvalidError):
    """A rule asks for a tag that a rule gives; such rules could wait for each other for ever."""

    code = "TAG_RULE_ON_RULE"

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"A rule cannot ask for {', '.join(names)}, which a rule gives: "
            "write what that rule asks for.",
            tags=names,
        )

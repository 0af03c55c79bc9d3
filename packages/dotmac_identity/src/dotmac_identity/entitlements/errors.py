"""Refusals about what a tenant's plan contains. Each names what is needed and what there is."""

from __future__ import annotations

from collections.abc import Sequence

from dotmac_core_ops.errors import ForbiddenError, InvalidError, NotFoundError


class TierRequiredError(ForbiddenError):
    """A higher tier is needed; the details name it and the present one."""

    code = "TIER_REQUIRED"

    def __init__(self, needed: str, present: str | None) -> None:
        super().__init__(
            f"This needs the tier {needed!r} or a higher one.", needed=needed, present=present
        )


class FeatureRequiredError(ForbiddenError):
    """The plan does not contain this feature; the details name it and the present plan."""

    code = "FEATURE_REQUIRED"

    def __init__(self, feature: str, *, tier: str | None, plan: str | None) -> None:
        super().__init__(
            f"Your plan does not contain {feature!r}.", feature=feature, tier=tier, plan=plan
        )


class LimitReachedError(ForbiddenError):
    """The plan allows no more of these; the details have the limit and how many there are."""

    code = "LIMIT_REACHED"

    def __init__(self, name: str, *, limit: int, used: int, wanted: int, tier: str | None) -> None:
        super().__init__(
            f"Your plan allows {limit} {name}, and there are {used}. Free some, or take a larger "
            "plan.",
            limit_name=name,
            limit=limit,
            used=used,
            wanted=wanted,
            tier=tier,
        )


class UnknownTierError(InvalidError):
    """There is no such tier."""

    code = "UNKNOWN_TIER"

    def __init__(self, tier: str, tiers: Sequence[str]) -> None:
        super().__init__(f"There is no tier {tier!r}.", tier=tier, tiers=list(tiers))


class OverrideNotFoundError(NotFoundError):
    """The tenant has no such override."""

    code = "OVERRIDE_NOT_FOUND"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is not overridden.", name=name)

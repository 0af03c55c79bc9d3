"""What a tenant may use: the tier, the features and the limits of its plan, with overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from dotmac_identity.entitlements.errors import UnknownTierError

UNLIMITED = -1
"""A limit that is none."""

TIERS = ("starter", "professional", "enterprise")
"""The platform's tiers, lowest first; each contains those before it."""

TIER = "tier"
"""The feature of a plan, a word, that says which tier it is."""

Feature = bool | int | str
"""On or off, so many, or a word."""


@dataclass(frozen=True)
class Override:
    """What the operator has agreed with one tenant; it goes before the plan until `ends_on`.

    `ends_on` is the first day on which it holds no more; None: for good.
    """

    name: str
    value: Feature
    reason: str
    ends_on: date | None = None


@dataclass(frozen=True)
class Entitlements:
    """What a tenant may use. Where nothing is granted (`is_restricted` false), everything.

    A feature or limit that the grant does not name: the feature is not there, the limit is none.
    """

    is_restricted: bool = False
    tier: str | None = None
    plan: str | None = None
    features: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def has_tier(self, tier: str) -> bool:
        """Whether the tenant has this tier or a higher one.

        Raises:
            UnknownTierError: there is no such tier.
        """
        wanted = rank_of(tier)
        if not self.is_restricted:
            return True
        return self.tier in TIERS and rank_of(self.tier or "") >= wanted

    def has_feature(self, feature: str) -> bool:
        """Whether the tenant has this feature."""
        return not self.is_restricted or feature in self.features

    def limit_of(self, name: str) -> int:
        """How many of `name` there may be; `UNLIMITED` where the grant says nothing."""
        return self.limits.get(name, UNLIMITED) if self.is_restricted else UNLIMITED


def rank_of(tier: str) -> int:
    """The place of `tier` among the tiers, the lowest is 0.

    Raises:
        UnknownTierError: there is no such tier.
    """
    if tier not in TIERS:
        raise UnknownTierError(tier, TIERS)
    return TIERS.index(tier)


def entitlements(
    plan: str | None,
    granted: Mapping[str, Feature] | None,
    overrides: Iterable[Override],
    today: date,
) -> Entitlements:
    """What `granted` (the features of `plan`; None: nothing was granted) and overrides make.

    Overrides alone restrict nothing: they change what a grant says.
    """
    if granted is None:
        return Entitlements()
    features = dict(granted)
    for override in overrides:
        if override.ends_on is None or today < override.ends_on:
            features[override.name] = override.value
    tier = features.pop(TIER, None)
    return Entitlements(
        is_restricted=True,
        tier=tier if isinstance(tier, str) else None,
        plan=plan,
        features=frozenset(name for name, value in features.items() if value),
        limits={name: _limit(value) for name, value in features.items() if _is_limit(value)},
        words={name: value for name, value in features.items() if isinstance(value, str)},
    )


def _is_limit(value: Feature) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _limit(value: Feature) -> int:
    return max(UNLIMITED, int(value))

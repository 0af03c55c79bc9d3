"""The words of discounts: what kind one is, how long it lasts, and what it is for."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID


class DiscountKind(Enum):
    """How the amount that is taken off is found."""

    PERCENT = "percent"
    """A fraction of what is left of each line."""
    FIXED = "fixed"
    """An amount, spread over the lines."""
    VOLUME = "volume"
    """A fraction of each line that depends on the line's quantity."""


class DiscountDuration(Enum):
    """How many invoices a discount is taken off."""

    ONCE = "once"
    REPEATING = "repeating"
    FOREVER = "forever"


class CouponStatus(Enum):
    """Whether a coupon can still be redeemed, as far as its days allow."""

    ACTIVE = "active"
    USED_UP = "used_up"
    ARCHIVED = "archived"


class RedemptionStatus(Enum):
    """Whether a discount is still taken off, as far as its days allow."""

    LIVE = "live"
    USED_UP = "used_up"
    REVOKED = "revoked"


class VolumeTier(NamedTuple):
    """From `above` units on (that many itself not included), `percent_off` (0.1 is 10 %)."""

    above: Decimal
    percent_off: Decimal


class DiscountScope(NamedTuple):
    """What a discount is for; an empty part does not narrow, the parts narrow together.

    A plan and a component of it named together mean the component of that plan.
    """

    plan_ids: frozenset[UUID] = frozenset()
    component_codes: frozenset[str] = frozenset()


EVERYTHING = DiscountScope()
"""The scope that does not narrow."""

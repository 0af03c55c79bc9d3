"""The words of the catalogue: how often, when and in which way something is charged."""

from __future__ import annotations

from enum import Enum


class BillingCycle(Enum):
    """How long a period is. `ONE_TIME` has a single period and is never due again."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUALLY = "semi_annually"
    ANNUALLY = "annually"
    ONE_TIME = "one_time"


class BillingTiming(Enum):
    """Whether a period is billed on its first day or on the day after its last."""

    ADVANCE = "advance"
    ARREARS = "arrears"


class PricingModel(Enum):
    """How a plan as a whole is priced; of these, `FLAT_RATE` can be sold today."""

    FLAT_RATE = "flat_rate"
    USAGE_BASED = "usage_based"
    TIERED = "tiered"
    VOLUME_BASED = "volume_based"
    HYBRID = "hybrid"


class ComponentKind(Enum):
    """Charged in every period, or once with the first."""

    RECURRING = "recurring"
    ONE_TIME = "one_time"


class ChargeModel(Enum):
    """`FLAT`: the price, for a quantity of exactly 1. `PER_UNIT`: the price times the quantity."""

    FLAT = "flat"
    PER_UNIT = "per_unit"

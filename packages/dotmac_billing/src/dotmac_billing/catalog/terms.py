"""The words of the catalogue: how often, when and in which way something is charged."""

from __future__ import annotations

from enum import Enum

from dotmac_billing.charges.names import ChargeModel

__all__ = [
    "Alignment",
    "BillingCycle",
    "BillingTiming",
    "ChangeBehaviour",
    "ChangeDirection",
    "ChargeModel",
    "ComponentKind",
    "PhaseKind",
    "PhaseUnit",
    "PricingModel",
    "Rollout",
    "TrialEnd",
]


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
    """How a plan as a whole is priced; `pricing_model.py` tells it from the components."""

    FLAT_RATE = "flat_rate"
    USAGE_BASED = "usage_based"
    TIERED = "tiered"
    VOLUME_BASED = "volume_based"
    HYBRID = "hybrid"


class ComponentKind(Enum):
    """Charged in every period, once with the first, or for what a meter counted in the period."""

    RECURRING = "recurring"
    ONE_TIME = "one_time"
    USAGE = "usage"


class PhaseKind(Enum):
    """What a stretch of a subscription is: tried out, cheaper, for a fixed time, or without end."""

    TRIAL = "trial"
    DISCOUNT = "discount"
    FIXED_TERM = "fixed_term"
    EVERGREEN = "evergreen"


class PhaseUnit(Enum):
    """In which unit the length of a phase is given."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


class TrialEnd(Enum):
    """What becomes of a trial that ends without the payment method it requires."""

    CANCEL = "cancel"
    PAUSE = "pause"


class Alignment(Enum):
    """Whether periods are counted from the subscription's own day or from the 1st of a month."""

    ANNIVERSARY = "anniversary"
    CALENDAR = "calendar"


class Rollout(Enum):
    """From when a new version holds for those who have an older one already."""

    NEVER = "never"
    NEXT_RENEWAL = "next_renewal"
    DATE = "date"


class ChangeDirection(Enum):
    """Whether a change of plan makes a month dearer, cheaper, or neither."""

    UP = "up"
    DOWN = "down"
    SIDEWAYS = "sideways"


class ChangeBehaviour(Enum):
    """When a change of plan takes effect, and what becomes of what was paid already.

    `NOW_WITH_CREDIT`: at once; unused days are credited, the new plan's rest of the period charged.
    `NOW_WITHOUT_CREDIT`: at once; nothing is credited, the new plan is charged from its next bill.
    `AT_RENEWAL`: with the next period. `RESTART_CYCLE`: at once, with a new anchor and full period.
    """

    NOW_WITH_CREDIT = "now_with_credit"
    NOW_WITHOUT_CREDIT = "now_without_credit"
    AT_RENEWAL = "at_renewal"
    RESTART_CYCLE = "restart_cycle"

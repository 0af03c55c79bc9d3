"""The models of charging by name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class ChargeModel(Enum):
    """How a quantity becomes an amount; `docs/guides/billing-charges.md` says it of each.

    `FLAT`: the price, whatever the quantity. `PER_UNIT`: the price times the quantity.
    """

    FLAT = "flat"
    PER_UNIT = "per_unit"
    GRADUATED = "graduated"
    VOLUME = "volume"
    STAIRSTEP = "stairstep"
    PACKAGE = "package"
    PERCENTAGE = "percentage"
    GRADUATED_PERCENTAGE = "graduated_percentage"
    DYNAMIC = "dynamic"
    PREPAID = "prepaid"
    TIME_OF_USE = "time_of_use"
    CUSTOM = "custom"


PRICING_MODELS: Mapping[str, tuple[ChargeModel, ...]] = MappingProxyType(
    {
        "flat_rate": (ChargeModel.FLAT,),
        "usage_based": (ChargeModel.PER_UNIT,),
        "tiered": (ChargeModel.GRADUATED,),
        "volume_based": (ChargeModel.VOLUME,),
        "hybrid": (ChargeModel.FLAT, ChargeModel.PER_UNIT),
    }
)
"""What the five founding names of `PricingModel` mean: the models their components have when none
is named. A hybrid plan has a flat component and one that is charged by usage."""

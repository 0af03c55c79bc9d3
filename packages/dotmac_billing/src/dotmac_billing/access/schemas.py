"""HTTP shapes of access."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dotmac_billing.catalog.schemas import FeatureValue
from dotmac_core_ops.http import RequestModel


class FeaturesIn(RequestModel):
    """Exceptions of one subscription: they replace what its plan and add-ons say; -1: unlimited."""

    features: Annotated[dict[str, FeatureValue], Field(max_length=200, examples=[{"users": 25}])]

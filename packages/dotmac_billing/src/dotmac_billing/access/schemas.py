"""HTTP shapes of access."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from dotmac_core_ops.http import RequestModel

FeatureValue = StrictBool | StrictInt | Annotated[str, Field(max_length=200)]


class FeaturesIn(RequestModel):
    """Exceptions of one subscription: they replace what its plan and add-ons say; -1: unlimited."""

    features: Annotated[dict[str, FeatureValue], Field(max_length=200, examples=[{"users": 25}])]

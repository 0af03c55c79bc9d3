"""Refusals about billing thresholds."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class BillingThresholdsInvalidError(InvalidError):
    """Thresholds that could not be reached, or not be told apart."""

    code = "BILLING_THRESHOLDS_INVALID"

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem} Correct the thresholds and set them again.", problem=problem)

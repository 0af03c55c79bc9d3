"""Monthly recurring revenue: what counts, and what kind of change a change is."""

from __future__ import annotations

from enum import Enum


class MovementKind(Enum):
    """A change of one customer's monthly recurring revenue."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"

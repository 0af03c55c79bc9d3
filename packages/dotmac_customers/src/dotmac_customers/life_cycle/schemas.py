"""HTTP shapes of the life cycle."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import ResponseModel
from dotmac_customers.profiles.states import CustomerState, Reason


class StateChangeOut(ResponseModel):
    """A move from one state to another."""

    id: UUID
    from_state: CustomerState
    to_state: CustomerState
    reason: Reason
    note: str | None
    actor: str = Field(description="The user or key who did it.")
    since_at: datetime = Field(description="Since when the customer was in `from_state`.")
    at: datetime


class StateCountOut(ResponseModel):
    """How many customers are in a state."""

    state: CustomerState
    customers: int


class MovesOut(ResponseModel):
    """How many customers moved so."""

    from_state: CustomerState
    to_state: CustomerState
    reason: Reason
    customers: int


class WinBackOut(ResponseModel):
    """Who left and who came back; mistakes and duplicates do not count."""

    churned: int
    won_back: int
    stayed: int = Field(description="How many of those who came back are still here.")
    median_days_away: float | None = Field(description="Of those who came back.")


class LifeCycleOut(ResponseModel):
    """How customers came, stayed and went in a time."""

    states: list[StateCountOut] = Field(description="As it is now.")
    moves: list[MovesOut]
    win_back: WinBackOut


class MoveChoiceOut(ResponseModel):
    """Where a customer can be moved to, and for which reasons."""

    state: CustomerState
    reasons: list[Reason]

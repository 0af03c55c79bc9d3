"""HTTP shapes of the life of a tenant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_core_ops.tenant_state import TenantState
from dotmac_identity.tenant_life.moves import Banner, MoveReason

Note = Annotated[str, Field(max_length=1000, examples=["Asked for by telephone."])]


class TenantStandingOut(ResponseModel):
    """Where a tenant stands, since when and why; `days_left` until it moves by itself."""

    state: TenantState = Field(examples=["trial"])
    since: datetime | None
    reason: MoveReason | None
    note: str
    trial_ends_on: date | None
    access_ends_on: date | None = Field(description="The day on which a read-only tenant closes.")
    erasable_on: date | None
    days_left: int | None
    banner: Banner | None = Field(description="How urgently a trial's end is shown.")


class TenantMoveIn(RequestModel):
    """Another state for a tenant, and why."""

    state: TenantState = Field(examples=["suspended"])
    reason: MoveReason = Field(examples=["abuse"])
    note: Note = ""


class TrialEndIn(RequestModel):
    """Another end of a trial."""

    ends_on: date = Field(description="The first day that is not a trial day any more.")
    note: Note = ""


class CloseIn(RequestModel):
    """The wish to be closed; `confirmation` is `close <short name>`."""

    confirmation: str = Field(max_length=100, examples=["close north-net"])
    note: Note = ""


class TenantMoveOut(ResponseModel):
    """That a tenant came into another state; a new one came from none."""

    at: datetime
    start: TenantState | None
    end: TenantState
    reason: MoveReason | None
    note: str
    actor: str


class ListedTenantOut(ResponseModel):
    """A tenant of the installation."""

    id: UUID
    slug: str
    state: TenantState
    created_at: datetime
    is_test: bool

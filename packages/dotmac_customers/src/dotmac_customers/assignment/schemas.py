"""HTTP shapes of assignments."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.http import RequestModel, ResponseModel


class AssigneeIn(RequestModel):
    """Who looks after a customer from now on; null for nobody."""

    user_id: UUID | None


class HandOverIn(RequestModel):
    """Whose customers go to whom; null for nobody."""

    from_user_id: UUID
    to_user_id: UUID | None = None


class HandedOverOut(ResponseModel):
    """How many customers changed hands."""

    customers: int


class LoadOut(ResponseModel):
    """How many customers a user looks after."""

    user_id: UUID
    customers: int
    active: int

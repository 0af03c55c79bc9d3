"""HTTP shapes of roles in parts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_core_ops.principal import Scope, ScopeKind


class ScopedRoleIn(RequestModel):
    """A role, and the part within which it shall be held."""

    role: Annotated[str, Field(min_length=1, max_length=63, examples=["support"])]
    scope_kind: ScopeKind
    scope_id: UUID

    def scope(self) -> Scope:
        """The part."""
        return Scope(self.scope_kind, self.scope_id)


class ScopedRoleOut(ResponseModel):
    """A role that a user has within a part of the organisation only."""

    id: UUID
    role: str
    scope_kind: ScopeKind
    scope_id: UUID

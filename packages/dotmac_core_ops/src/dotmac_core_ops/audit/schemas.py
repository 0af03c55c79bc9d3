"""HTTP shapes of the audit log."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from dotmac_core_ops.http import ResponseModel


class AuditEntryOut(ResponseModel):
    """Who did what to which thing; `impersonated_by` is who of the operator acted as `actor`."""

    id: UUID
    at: AwareDatetime
    actor: str
    actor_kind: str = Field(examples=["user"])
    impersonated_by: str | None
    action: str = Field(examples=["invoices.issue"])
    target_type: str = Field(examples=["invoice"])
    target_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


class AuditPageMeta(ResponseModel):
    """Where the next page begins; None after the last."""

    next_cursor: str | None


class AuditPage(ResponseModel):
    """A page of the audit log, newest first."""

    data: list[AuditEntryOut]
    meta: AuditPageMeta


class AuditProblemOut(ResponseModel):
    """Something that does not fit; `entry` is the first entry that is not as it was."""

    kind: Literal[
        "rows_missing", "altered", "chain_broken", "block_missing", "inserted", "seal_missing"
    ]
    block: int | None
    entry: UUID | None
    message: str


class AuditProofOut(ResponseModel):
    """Whether the log is whole, and its newest seal: keep `hash` elsewhere and compare it later."""

    is_whole: bool
    block: int | None
    hash: str | None
    problems: list[AuditProblemOut]

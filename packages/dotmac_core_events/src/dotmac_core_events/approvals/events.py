"""Facts about approvals. Why somebody asks is free text, and not among them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from dotmac_core_events.event import Event


class _ApprovalEvent(Event):
    approval_id: UUID
    action: str
    target_type: str
    target_id: str
    amount: Decimal
    currency: str
    requester: str
    """The person behind the request, as the audit log names them."""


class ApprovalRequested(_ApprovalEvent):
    """Somebody asks that a second person agrees; who decides must hold `permission` too."""

    name: ClassVar[str] = "approvals.approval_requested"

    permission: str
    expires_at: datetime


class ApprovalDecided(_ApprovalEvent):
    """A second person agreed or refused; `decision` is `approved` or `rejected`."""

    name: ClassVar[str] = "approvals.approval_decided"

    decision: str
    decided_by: str


class ApprovalExpired(_ApprovalEvent):
    """The time is up of a request that was not decided, or agreed to and not used (`state`)."""

    name: ClassVar[str] = "approvals.approval_expired"

    state: str

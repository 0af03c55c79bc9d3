"""Approvals: where money moves above a limit, a second person agrees first."""

from dotmac_core_ops.approvals.actions import ApprovalState, Deed
from dotmac_core_ops.approvals.errors import (
    ApprovalNotFoundError,
    ApprovalRequiredError,
    ApproverNotAPersonError,
    UnknownActionError,
)
from dotmac_core_ops.approvals.models import Approval
from dotmac_core_ops.approvals.repository import ApprovalRepository
from dotmac_core_ops.approvals.service import require_approval

__all__ = [
    "Approval",
    "ApprovalNotFoundError",
    "ApprovalRepository",
    "ApprovalRequiredError",
    "ApprovalState",
    "ApproverNotAPersonError",
    "Deed",
    "UnknownActionError",
    "require_approval",
]

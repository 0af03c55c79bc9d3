"""Approvals: where money moves above a limit, a second person agrees first."""

from dotmac_core_ops.approvals.actions import Deed
from dotmac_core_ops.approvals.errors import ApprovalRequiredError
from dotmac_core_ops.approvals.service import require_approval

__all__ = ["ApprovalRequiredError", "Deed", "require_approval"]

"""The audit log: who did what to which thing, and the proof that nothing was taken out of it."""

from dotmac_core_ops.audit.jobs import seal_audit
from dotmac_core_ops.audit.recording import (
    AuditRow,
    Target,
    audit_table,
    record,
    record_many,
)
from dotmac_core_ops.audit.sealing import AuditProblem, Seal, latest_seal, seal, verify

__all__ = [
    "AuditProblem",
    "AuditRow",
    "Seal",
    "Target",
    "audit_table",
    "latest_seal",
    "record",
    "record_many",
    "seal",
    "seal_audit",
    "verify",
]

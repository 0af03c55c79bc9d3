"""The audit log: who did what to which thing, and the proof that nothing was taken out of it."""

from dotmac_core_ops.audit.recording import AuditRow, Target, record, record_many

__all__ = ["AuditRow", "Target", "record", "record_many"]

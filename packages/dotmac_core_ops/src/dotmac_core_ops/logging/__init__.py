"""Structured logs: `get_logger(__name__).info("invoice issued", invoice_id=…)`.

An event is a constant sentence; what varies are its keys. Request, tenant, actor and event ids are
added to every line, secrets and personal data are taken out of every line.
"""

from dotmac_core_ops.logging.redaction import REDACTED, redact, redact_secrets
from dotmac_core_ops.logging.setup import Logger, configure_logging, get_logger, log_context

__all__ = [
    "REDACTED",
    "Logger",
    "configure_logging",
    "get_logger",
    "log_context",
    "redact",
    "redact_secrets",
]

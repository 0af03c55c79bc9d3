"""The same request twice, done once: keys that clients send and the answers they got."""

from dotmac_core_ops.idempotency.jobs import expire_keys
from dotmac_core_ops.idempotency.keys import (
    KEPT_FOR,
    WAIT_SECONDS,
    Fingerprint,
    IdempotencyInProgressError,
    IdempotencyKeyReusedError,
    InvalidIdempotencyKeyError,
    StoredResponse,
    begin,
    expire,
    finish,
    forget,
)

__all__ = [
    "KEPT_FOR",
    "WAIT_SECONDS",
    "Fingerprint",
    "IdempotencyInProgressError",
    "IdempotencyKeyReusedError",
    "InvalidIdempotencyKeyError",
    "StoredResponse",
    "begin",
    "expire",
    "expire_keys",
    "finish",
    "forget",
]

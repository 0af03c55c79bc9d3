"""The proof of a customer's consents, to be shown to an authority or to the customer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from dotmac_customers.communication.consents.record import ConsentRecord


def proof(
    customer_id: UUID, number: str, records: Sequence[ConsentRecord], made_at: datetime
) -> dict[str, Any]:
    """Every record, oldest first, and the SHA-256 of their canonical JSON (`sha256`).

    The digest is of `records` with sorted keys and without spaces, so that whoever holds the
    document can check that nothing in it was changed.
    """
    listed = [{name: _plain(value) for name, value in asdict(record).items()} for record in records]
    canonical = json.dumps(listed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "customer_id": str(customer_id),
        "customer_number": number,
        "made_at": made_at.isoformat(),
        "records": listed,
        "sha256": hashlib.sha256(canonical.encode()).hexdigest(),
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

"""Refusals of billing one customer."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError


class NothingToBillError(ConflictError):
    """Nothing of the customer is due today, and nothing waits for an invoice."""

    code = "NOTHING_TO_BILL"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("Nothing is to be billed today.", customer_id=str(customer_id))

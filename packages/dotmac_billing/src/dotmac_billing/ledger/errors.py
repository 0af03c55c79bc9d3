"""Refusals of the ledger."""

from __future__ import annotations

from decimal import Decimal

from dotmac_core_ops.errors import DomainError


class UnbalancedEntryError(DomainError):
    """An entry's debits and credits differ; a fault of the program."""

    code = "UNBALANCED_ENTRY"
    status = 500

    def __init__(self, source_type: str, total: Decimal) -> None:
        super().__init__(
            f"The entry of a {source_type} sums to {total}.", source_type=source_type, total=total
        )

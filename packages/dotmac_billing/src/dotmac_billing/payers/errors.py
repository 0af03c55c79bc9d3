"""What payers refuse."""

from __future__ import annotations

from dotmac_core_ops.errors import InvalidError


class InvalidPayerError(InvalidError):
    """This customer cannot pay for that one."""

    code = "INVALID_PAYER"

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)

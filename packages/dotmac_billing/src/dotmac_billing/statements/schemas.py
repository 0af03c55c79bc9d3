"""HTTP shapes of statements."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.http import JsonMoney, ResponseModel


class StatementMovementOut(ResponseModel):
    """Something that changed what is owed; `balance` is what is owed after it."""

    on: date
    kind: str
    document_id: UUID
    number: str | None
    description: str
    amount: JsonMoney
    balance: JsonMoney


class StatementOut(ResponseModel):
    """A statement in one currency; both days are included, below zero is credit."""

    customer_id: UUID
    customer_code: str
    customer_name: str
    currency: str
    from_on: date
    to_on: date
    opening: JsonMoney
    debits: JsonMoney
    credits: JsonMoney
    closing: JsonMoney
    movements: list[StatementMovementOut]

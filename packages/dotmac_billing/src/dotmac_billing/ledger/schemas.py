"""HTTP shapes of the books."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_billing.ledger.chart import AccountKind
from dotmac_core_ops.http import JsonMoney, ResponseModel


class AccountBalanceOut(ResponseModel):
    """What stands on an account in one currency: debits less credits."""

    code: str
    name: str
    kind: AccountKind
    currency: str
    balance: JsonMoney


class PostingOut(ResponseModel):
    """An amount on an account; debits are positive, credits negative."""

    account: str
    customer_id: UUID | None
    amount: JsonMoney


class EntryOut(ResponseModel):
    """An entry; its postings sum to zero."""

    id: UUID
    occurred_on: date
    source_type: str
    source_id: UUID
    currency: str
    description: str
    postings: list[PostingOut]

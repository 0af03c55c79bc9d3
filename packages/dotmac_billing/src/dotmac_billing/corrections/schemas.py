"""HTTP shapes of decisions about issued invoices."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dotmac_billing.payments.schemas import Amount, ApprovalId
from dotmac_core_ops.http import RequestModel

Reason = Annotated[str, Field(min_length=1, max_length=500, examples=["Issued twice by mistake"])]
Address = Annotated[
    str,
    Field(
        min_length=3, max_length=320, pattern="^[^@ ]+@[^@ ]+$", examples=["accounts@acme.example"]
    ),
]


class VoidIn(RequestModel):
    """Why the invoice is made void, and whether its lines are to be billed again."""

    reason: Reason
    rebill: bool = False


class WriteOffIn(RequestModel):
    """Why it is given up; without `amount` all that is due.

    With `reclaim_tax` the tax in it is taken off what is owed to the state.
    """

    reason: Reason
    amount: Amount | None = None
    reclaim_tax: bool = False
    approval_id: ApprovalId = None


class RecoveryIn(RequestModel):
    """Why it is owed again; without `amount` all that was given up."""

    reason: Reason
    amount: Amount | None = None


class UncollectibleIn(RequestModel):
    """Why nobody expects the money any more."""

    reason: Reason


class SendIn(RequestModel):
    """Where the invoice goes; without `to` to the customer's own address."""

    to: Address | None = None

"""HTTP shapes of payers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class PayerIn(RequestModel):
    """Who pays for the customer (null: itself), and whether it wants one invoice as a payer."""

    parent_id: UUID | None = None
    consolidate: Annotated[
        bool, Field(description="One invoice for all that is billed on a day.")
    ] = False


class PayerOut(ResponseModel):
    """Who pays now, and how many subscriptions have followed."""

    customer_id: UUID
    parent_id: UUID | None
    consolidate: bool
    subscriptions: int


class PaymentMethodIn(RequestModel):
    """Whether the customer has left a way to be charged."""

    has_payment_method: bool

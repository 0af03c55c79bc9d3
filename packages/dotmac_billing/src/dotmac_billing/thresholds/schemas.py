"""HTTP shapes of billing thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.answers import ThresholdsOut
from dotmac_billing.thresholds.reached import Measure
from dotmac_core_ops.http import JsonMoney, ResponseModel


class StandingOut(ResponseModel):
    """The thresholds that hold, and what the running periods come to, before discount and tax."""

    thresholds: ThresholdsOut
    is_own: Annotated[bool, Field(description="The subscription's own, not its plan's.")]
    currency: str
    total: JsonMoney
    billed: JsonMoney
    unbilled: JsonMoney


class ThresholdInvoiceOut(ResponseModel):
    """An invoice within a period, and the threshold that was reached."""

    id: UUID
    subscription_id: UUID
    invoice_id: UUID
    measure: Measure
    threshold: JsonMoney
    component: str | None
    total: JsonMoney
    currency: str
    created_at: datetime

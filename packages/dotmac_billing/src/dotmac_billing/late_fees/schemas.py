"""HTTP shapes of late fees."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.catalog.schemas import Code
from dotmac_billing.corrections.schemas import Reason
from dotmac_billing.late_fees.kinds import LateFeeKind
from dotmac_billing.late_fees.service import NewRule
from dotmac_billing.payments.schemas import Amount
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

Rate = Annotated[JsonMoney, Field(gt=0, le=Decimal(1), decimal_places=6, examples=[0.015])]


class LateFeeRuleIn(RequestModel):
    """A fixed fee needs amount and currency, any other kind a rate (a fraction).

    It is charged from the day after `grace_days` days past the due date.
    """

    code: Code
    kind: LateFeeKind
    description: Annotated[str, Field(min_length=1, max_length=200, examples=["Late payment"])]
    grace_days: Annotated[int, Field(ge=0, le=365)] = 0
    currency: CurrencyCode | None = None
    amount: Amount | None = None
    rate: Rate | None = None
    minimum_due: Amount | None = None
    cap: Amount | None = None
    tax_code: Code | None = None

    def new_rule(self) -> NewRule:
        """As late fees take it."""
        return NewRule(**dict(self))


class LateFeeRuleOut(ResponseModel):
    """A rule of late fees."""

    id: UUID
    code: str
    kind: LateFeeKind
    description: str
    grace_days: int
    currency: str | None
    amount: JsonMoney | None
    rate: JsonMoney | None
    minimum_due: JsonMoney | None
    cap: JsonMoney | None
    tax_code: str | None
    is_active: bool
    created_at: datetime
    version: int


class LateFeeOut(ResponseModel):
    """What was charged for the days from `from_on` up to, not including, `to_on`.

    `billed_on_id` is the invoice it is on; while it waits for one it has none.
    """

    id: UUID
    rule_id: UUID
    rule: str
    from_on: date
    to_on: date
    base: JsonMoney
    amount: JsonMoney
    currency: str
    billed_on_id: UUID | None
    is_withdrawn: bool | None


class WaiverIn(RequestModel):
    """Why nothing is charged for the invoice being late."""

    reason: Reason

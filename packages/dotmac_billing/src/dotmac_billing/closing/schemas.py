"""HTTP shapes of closing months."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class ThroughIn(RequestModel):
    """Up to and including which day."""

    through: Day = Field(description="The last day.", examples=["2026-10-31"])


class ReopenIn(RequestModel):
    """From which month on."""

    month: Day = Field(description="Any day of the first month to open.", examples=["2026-10-01"])


class AmountOut(ResponseModel):
    """An amount of revenue."""

    currency: str
    amount: JsonMoney


class RecognisedOut(ResponseModel):
    """The days that revenue was booked on, and how much it was."""

    booked_on: list[date]
    amounts: list[AmountOut]


class ClosedOut(ResponseModel):
    """Up to and including which day the books are closed; null when nothing is."""

    books_closed_on: date | None

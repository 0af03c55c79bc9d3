"""HTTP shapes of bill runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.invoicing.schemas import PreviewOut
from dotmac_billing.runs.states import RunStatus
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel


class BillRunIn(RequestModel):
    """Bill everything due up to and including `through`.

    A historical run issues invoices on the day they were to be billed and has nobody notified; it
    is the default for a day that has passed.
    """

    through: Day
    historical: Annotated[bool | None, Field(examples=[False])] = None


class BillRunOut(ResponseModel):
    """A run. `total` is in the tenant's currency; `wave` is the last day being billed now."""

    id: UUID
    through: date
    historical: bool
    status: RunStatus
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    invoices: int
    total: JsonMoney
    chunks: int
    failed: int
    wave: date | None
    error: str | None


class NotBillableOut(ResponseModel):
    """A subscription that a run would leave as it is, and why."""

    subscription_id: UUID
    code: Annotated[str, Field(examples=["TAX_RATE_MISSING"])]
    message: str


class DraftsOut(ResponseModel):
    """What a run would issue for a page of due subscriptions, and what it could not bill."""

    drafts: list[PreviewOut]
    failures: list[NotBillableOut]

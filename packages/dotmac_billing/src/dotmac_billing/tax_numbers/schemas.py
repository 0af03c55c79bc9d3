"""HTTP shapes of checking tax numbers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dotmac_billing.customers.schemas import TaxIdText
from dotmac_billing.settings.schemas import CountryCode
from dotmac_billing.tax.checked import CheckOutcome, CheckSource
from dotmac_core_ops.http import RequestModel, ResponseModel


class TaxNumberCheckIn(RequestModel):
    """A number with its country, or a customer whose number it is.

    Without `ask_register` the billing settings say whether VIES is asked.
    """

    customer_id: UUID | None = None
    country: CountryCode | None = None
    number: TaxIdText | None = None
    ask_register: bool | None = None


class TaxNumberCheckOut(ResponseModel):
    """What was found, by whom and when; `request_id` is the register's proof."""

    id: UUID
    customer_id: UUID | None
    country: str
    number: str
    source: CheckSource
    outcome: CheckOutcome
    name: str | None
    address: str | None
    request_id: str | None
    checked_at: datetime

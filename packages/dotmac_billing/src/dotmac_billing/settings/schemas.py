"""HTTP shapes of the settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel

CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217", examples=["EUR"])]
CountryCode = Annotated[
    str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2", examples=["DE"])
]
TimeZoneName = Annotated[
    str, Field(min_length=1, max_length=64, description="IANA zone", examples=["Europe/Berlin"])
]
TermsDays = Annotated[
    int, Field(ge=0, le=365, description="Days from issue to due date.", examples=[14])
]


class SettingsOut(ResponseModel):
    """How the tenant bills."""

    currency: str
    time_zone: str
    country: str | None
    payment_terms_days: int
    invoice_number_format: str
    seller_name: str | None
    version: int


class SettingsIn(RequestModel):
    """New values; what is left out stays. Issued invoices are never touched."""

    currency: CurrencyCode | None = None
    time_zone: TimeZoneName | None = None
    country: CountryCode | None = None
    payment_terms_days: TermsDays | None = None
    invoice_number_format: (
        Annotated[str, Field(max_length=40, examples=["INV-{seq:06d}"])] | None
    ) = None
    seller_name: Annotated[str, Field(min_length=1, max_length=200)] | None = None

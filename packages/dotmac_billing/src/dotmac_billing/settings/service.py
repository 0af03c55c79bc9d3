"""How a tenant bills: opening it, reading it, changing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.settings import number_format
from dotmac_billing.settings.due import DueRule, DueTerms
from dotmac_billing.settings.e_invoicing import EInvoicing
from dotmac_billing.settings.errors import NumberFormatTakenError
from dotmac_billing.settings.models import BillingSettings
from dotmac_billing.settings.number_checking import NumberCheck, WhenUnavailable
from dotmac_billing.settings.number_format import NumbersReset
from dotmac_billing.settings.proration import ProrationUnit
from dotmac_billing.settings.recognition import Recognition
from dotmac_billing.settings.repository import SettingsRepository
from dotmac_billing.settings.tax_calculator import TaxCalculatorName
from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import time_zone as zone_named
from dotmac_core_ops.money import currency_exponent

DEFAULT_PAYMENT_TERMS_DAYS = 14


@dataclass(frozen=True)
class SettingsChange:
    """New values; None keeps the old. Currency and zone hold for customers opened later."""

    currency: str | None = None
    time_zone: str | None = None
    country: str | None = None
    payment_terms_days: int | None = None
    invoice_number_format: str | None = None
    credit_note_number_format: str | None = None
    debit_note_number_format: str | None = None
    numbers_reset: NumbersReset | None = None
    due_rule: DueRule | None = None
    due_moves_to_business_day: bool | None = None
    seller_name: str | None = None
    seller_street: str | None = None
    seller_postal_code: str | None = None
    seller_city: str | None = None
    seller_region: str | None = None
    seller_tax_id: str | None = None
    seller_registration: str | None = None
    seller_email: str | None = None
    seller_phone: str | None = None
    seller_iban: str | None = None
    seller_bic: str | None = None
    proration: ProrationUnit | None = None
    draft_days: int | None = None
    tax_rounding: TaxRounding | None = None
    tax_calculator: TaxCalculatorName | None = None
    tax_number_check: NumberCheck | None = None
    tax_number_unavailable: WhenUnavailable | None = None
    einvoicing: EInvoicing | None = None
    recognition: Recognition | None = None


async def open_billing(
    session: AsyncSession,
    *,
    currency: str = "EUR",
    time_zone: str = "UTC",
    country: str | None = None,
    seller_name: str | None = None,
) -> None:
    """Let the session's tenant bill in `currency` and `time_zone`; nothing if it does already.

    `seller_name` is who the invoices are from.

    Raises:
        InvalidCurrencyError: not an ISO 4217 currency.
        UnknownTimeZoneError: not an IANA zone.
    """
    currency_exponent(currency)
    zone_named(time_zone)
    await SettingsRepository(session).add(
        currency=currency,
        time_zone=time_zone,
        country=country,
        payment_terms_days=DEFAULT_PAYMENT_TERMS_DAYS,
        invoice_number_format=number_format.DEFAULT,
        seller_name=seller_name,
    )


async def settings_of(session: AsyncSession) -> BillingSettings:
    """The settings of the session's tenant; opened with EUR and UTC when nobody has opened them."""
    settings = await SettingsRepository(session).find()
    if settings is None:
        await open_billing(session)
        settings = await SettingsRepository(session).find()
    assert settings is not None
    return settings


async def billing_currency(session: AsyncSession) -> str:
    """The tenant's own currency."""
    return (await settings_of(session)).currency


def due_terms(settings: BillingSettings) -> DueTerms:
    """When the tenant's invoices are due unless the customer has terms of its own."""
    return DueTerms(
        settings.due_rule, settings.payment_terms_days, settings.due_moves_to_business_day
    )


def rounding_of(settings: BillingSettings) -> TaxRounding:
    """How the tenant's tax is rounded: a tax service does it line by line, whatever is wished."""
    if settings.tax_calculator is not TaxCalculatorName.OWN:
        return TaxRounding.LINE
    return settings.tax_rounding


class SettingsService:
    """Changes of the settings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._settings = SettingsRepository(session)

    async def locked(self) -> BillingSettings:
        """The settings, held until the transaction ends, so that a version check holds too."""
        await settings_of(self._session)
        settings = await self._settings.find(locked=True)
        assert settings is not None
        return settings

    async def change(self, settings: BillingSettings, change: SettingsChange) -> BillingSettings:
        """Put the new values in place, and remember who did.

        Raises:
            InvalidCurrencyError: not an ISO 4217 currency.
            UnknownTimeZoneError: not an IANA zone.
            InvalidNumberFormatError: a number format has no `{seq}`, or begins anew each year
                without showing the year.
            NumberFormatTakenError: two kinds of documents would be numbered alike.
        """
        if change.currency is not None:
            currency_exponent(change.currency)
        if change.time_zone is not None:
            zone_named(change.time_zone)
        new = {name: value for name, value in vars(change).items() if value is not None}
        before: dict[str, Any] = {name: getattr(settings, name) for name in new}
        for name, value in new.items():
            setattr(settings, name, value)
        _require_number_formats(settings)
        settings.version += 1
        await record(
            self._session,
            action="billing_settings.change",
            target=("billing_settings", settings.id),
            before=before,
            after=new,
        )
        return settings


def _require_number_formats(settings: BillingSettings) -> None:
    formats = (settings.invoice_number_format, settings.debit_note_number_format)
    for text in (*formats, settings.credit_note_number_format):
        number_format.require_number_format(text, settings.numbers_reset)
    if formats[0] == formats[1]:
        # Both are invoices to the law, and no two invoices have one number.
        raise NumberFormatTakenError(formats[0])

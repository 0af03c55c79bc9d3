"""What can be done with rates of exchange: write them down, convert, take foreign money."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.exchange.errors import (
    ExchangeRateExistsError,
    ExchangeRateMissingError,
    ExchangeRateNotFoundError,
    InvalidExchangeRateError,
)
from dotmac_billing.exchange.models import ConvertedPayment, ExchangeRate
from dotmac_billing.exchange.rates import RATE_DIGITS, Conversion, ExchangeRates
from dotmac_billing.exchange.repository import ExchangeRepository
from dotmac_billing.payments.errors import PayerUnknownError
from dotmac_billing.payments.received import NewPayment, require_sound
from dotmac_billing.payments.service import PaymentService
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.money import currency_exponent

HIGHEST_RATE = Decimal(10) ** 9
"""Rates are below it."""

_RATE_OF_ARRIVED = Context(prec=24)
_RATE_OF_ARRIVED_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class NewRate:
    """A unit of `from_currency` is `rate` of `to_currency` from a day on.

    Up to, not including, `valid_until`, and never beyond the next rate of the pair. `source` says
    who quoted it.
    """

    from_currency: str
    to_currency: str
    rate: Decimal
    valid_from: date
    valid_until: date | None = None
    source: str | None = None


class Converted(NamedTuple):
    """An amount in another currency, and the rate it was converted by, to nine digits."""

    amount: Decimal
    currency: str
    rate: Decimal
    rate_id: UUID


@dataclass(frozen=True, kw_only=True)
class ForeignPayment:
    """Money that was paid in another currency than it counts in.

    `payment.amount` is what was paid, in `paid_currency`; `payment.currency` the one it counts in
    (None: the customer's). `arrived` is what the bank made of it, in that; None: the rate of the
    day it was received decides.
    """

    payment: NewPayment
    paid_currency: str
    arrived: Decimal | None = None


class ExchangeService:
    """Rates of exchange of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._exchange = ExchangeRepository(session)

    async def add(self, new: NewRate) -> ExchangeRate:
        """Write a rate down; what was issued or received before keeps its own.

        Raises:
            InvalidExchangeRateError: the currencies are one, the rate is not above zero or has
                more than nine digits behind the point, or it ends before it begins.
            InvalidCurrencyError: not an ISO 4217 currency.
            ExchangeRateExistsError: the pair has a rate from that day on.
        """
        _require_sound(new)
        row = ExchangeRate(
            id=new_id(),
            from_currency=new.from_currency,
            to_currency=new.to_currency,
            rate=new.rate,
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            source=new.source,
            disabled_at=None,
            created_at=self._clock.now(),
        )
        if not await self._exchange.add(row):
            raise ExchangeRateExistsError(new.from_currency, new.to_currency, new.valid_from)
        await record(
            self._session,
            action="exchange_rates.add",
            target=("exchange_rate", row.id),
            after={
                "pair": f"{new.from_currency}/{new.to_currency}",
                "rate": new.rate,
                "valid_from": new.valid_from,
                "valid_until": new.valid_until,
            },
        )
        return row

    async def disable(self, rate_id: UUID) -> ExchangeRate:
        """Use a mistaken rate no more, so that another can be written down for the day.

        What went by it stays as it is. Doing it twice changes nothing.

        Raises:
            ExchangeRateNotFoundError: there is no such rate.
        """
        row = await self._exchange.find(rate_id)
        if row is None:
            raise ExchangeRateNotFoundError(rate_id)
        if row.disabled_at is None:
            row.disabled_at = self._clock.now()
            await record(
                self._session,
                action="exchange_rates.disable",
                target=("exchange_rate", rate_id),
                before={"pair": f"{row.from_currency}/{row.to_currency}", "rate": row.rate},
            )
        return row

    async def convert(
        self, amount: Decimal, from_currency: str, to_currency: str, on: date
    ) -> Converted:
        """An amount in another currency, by the rate of a day, rounded half away from zero.

        Raises:
            InvalidExchangeRateError: the currencies are one.
            InvalidCurrencyError: not an ISO 4217 currency.
            ExchangeRateMissingError: no rate of the pair holds then.
        """
        _require_pair(from_currency, to_currency)
        by = await self._between(from_currency, to_currency, on)
        return Converted(by.of(amount, to_currency), to_currency, by.rate, by.quoted.id)

    async def receive(self, foreign: ForeignPayment) -> UUID:
        """Record money that was paid in another currency; the payment's id.

        A second one with the same external id is the first one again.

        Raises:
            PayerUnknownError and the others of `record_payments`.
            InvalidExchangeRateError: it was paid in the currency it counts in.
            ExchangeRateMissingError: no rate holds on the day, and it is not said what arrived.
        """
        payment, paid_currency = foreign.payment, foreign.paid_currency
        currency = payment.currency
        if currency is None:
            currency = await self._exchange.customer_currency(payment.customer_id)
            if currency is None:
                raise PayerUnknownError(payment.customer_id)
        _require_pair(paid_currency, currency)
        require_sound(replace(payment, withheld=Decimal(0)), paid_currency, date.max)
        if foreign.arrived is not None:
            amount, rate_id = foreign.arrived, None
            quotient = _RATE_OF_ARRIVED.divide(amount, payment.amount)
            rate = round(quotient, _RATE_OF_ARRIVED_DIGITS)
        else:
            by = await self._between(paid_currency, currency, payment.received_on)
            amount, rate, rate_id = by.of(payment.amount, currency), by.rate, by.quoted.id
        received = await PaymentService(self._session).record_or_find(
            replace(payment, amount=amount, currency=currency)
        )
        payment_id: UUID = received["id"]
        if await self._exchange.converted(payment_id) is None:
            await self._exchange.keep(
                ConvertedPayment(
                    id=payment_id,
                    paid_amount=payment.amount,
                    paid_currency=paid_currency,
                    rate=rate,
                    rate_id=rate_id,
                )
            )
        return payment_id

    async def _between(self, from_currency: str, to_currency: str, on: date) -> Conversion:
        quoted = await self._exchange.quoted({from_currency, to_currency}, on)
        found = ExchangeRates(quoted).between(from_currency, to_currency, on)
        if found is None:
            raise ExchangeRateMissingError(from_currency, to_currency, on)
        return found


async def rates_of_issue(
    session: AsyncSession, issued: Iterable[tuple[str, date]], own_currency: str
) -> Mapping[tuple[str, date], Decimal]:
    """What a unit of each foreign currency is in the tenant's own on the days of issue.

    For invoices, which state their tax in the tenant's currency as well (Directive 2006/112/EC,
    Article 230). A pair without a rate on the day is left out. One query for all.
    """
    foreign = {(currency, on) for currency, on in issued if currency != own_currency}
    if not foreign:
        return {}
    currencies: Collection[str] = {currency for currency, _ in foreign} | {own_currency}
    last = max(on for _, on in foreign)
    rates = ExchangeRates(await ExchangeRepository(session).quoted(currencies, last))
    found = {pair: rates.between(pair[0], own_currency, pair[1]) for pair in foreign}
    return {pair: by.rate for pair, by in found.items() if by is not None}


def _require_pair(from_currency: str, to_currency: str) -> None:
    for currency in (from_currency, to_currency):
        currency_exponent(currency)
    if from_currency == to_currency:
        raise InvalidExchangeRateError(
            f"{from_currency} need not be exchanged for itself.", currency=from_currency
        )


def _require_sound(new: NewRate) -> None:
    _require_pair(new.from_currency, new.to_currency)
    rate = new.rate
    if not rate.is_finite() or not 0 < rate < HIGHEST_RATE or rate != round(rate, RATE_DIGITS):
        raise InvalidExchangeRateError(
            f"A rate is above 0, below {HIGHEST_RATE:,f}, with at most {RATE_DIGITS} digits "
            "behind the point.",
            rate=str(rate),
        )
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        raise InvalidExchangeRateError(
            f"It holds from {new.valid_from} and cannot end on {new.valid_until}.",
            valid_from=new.valid_from,
            valid_until=new.valid_until,
        )

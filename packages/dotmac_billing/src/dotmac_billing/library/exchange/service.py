"""The founding documents' service of exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.exchange.models import ExchangeRate
from dotmac_billing.exchange.repository import Converted, ExchangeRepository, RateFilter
from dotmac_billing.exchange.schemas import ConvertedPaymentOut, ExchangeRateOut
from dotmac_billing.exchange.service import ExchangeService, ForeignPayment, NewRate
from dotmac_billing.library.adapters.bound_session import BoundSession, tenant_of
from dotmac_billing.library.exchange.records import (
    CustomerCurrency,
    ManualExchangeRate,
    MultiCurrencyPayment,
)
from dotmac_billing.payments.received import NewPayment
from dotmac_billing.settings.service import settings_of

_MOST = 1000


class ExchangeRateService:
    """Rates of exchange of one tenant in the caller's session, which it never commits.

    Invoices that are issued in another currency than the tenant's own state their tax in that as
    well, by the rate of the day of issue.
    """

    def __init__(self, db: AsyncSession, tenant_id: UUID | None = None) -> None:
        """Work for `tenant_id`, else as `create_basic_billing_service` chooses."""
        self.db = db
        self._bound = BoundSession(db, tenant_of(db, tenant_id))

    async def set_rate(
        self,
        from_currency: str,
        to_currency: str,
        rate: Decimal | float | str,
        *,
        valid_from: date | None = None,
        valid_until: date | None = None,
        source: str | None = None,
    ) -> ManualExchangeRate:
        """Say what a unit of a currency is, from a day (None: today) up to another.

        Raises:
            InvalidExchangeRateError, InvalidCurrencyError, ExchangeRateExistsError: see
                `dotmac_billing.exchange.service.ExchangeService.add`.
        """
        session = await self._bound.open()
        row = await ExchangeService(session).add(
            NewRate(
                from_currency=from_currency,
                to_currency=to_currency,
                rate=Decimal(str(rate)),
                valid_from=valid_from or await self._today(session),
                valid_until=valid_until,
                source=source,
            )
        )
        return await self._record(session, row)

    async def disable_rate(self, rate_id: UUID) -> ManualExchangeRate:
        """Use a mistaken rate no more.

        Raises:
            ExchangeRateNotFoundError: there is no such rate.
        """
        session = await self._bound.open()
        return await self._record(session, await ExchangeService(session).disable(rate_id))

    async def list_rates(
        self,
        from_currency: str | None = None,
        to_currency: str | None = None,
        *,
        skip: int = 0,
        limit: int = 100,
    ) -> list[ManualExchangeRate]:
        """Rates of these currencies, disabled and expired ones too, the newest first."""
        session = await self._bound.open()
        wanted = RateFilter(from_currency, to_currency)
        rows, _ = await ExchangeRepository(session).page(wanted, skip, min(limit, _MOST))
        return [await self._record(session, row) for row in rows]

    async def get_rate(
        self, from_currency: str, to_currency: str, on: date | None = None
    ) -> Decimal:
        """What one unit is on a day (None: today), to nine digits.

        Raises:
            ExchangeRateMissingError: no rate of the pair holds then, neither way.
        """
        session = await self._bound.open()
        on = on or await self._today(session)
        one = Decimal(1)
        return (await ExchangeService(session).convert(one, from_currency, to_currency, on)).rate

    async def convert(
        self,
        amount: Decimal | float | str,
        from_currency: str,
        to_currency: str,
        on: date | None = None,
    ) -> Decimal:
        """An amount in another currency by the rate of a day, rounded half away from zero.

        Raises:
            ExchangeRateMissingError: no rate of the pair holds then, neither way.
        """
        session = await self._bound.open()
        on = on or await self._today(session)
        exact = Decimal(str(amount))
        return (
            await ExchangeService(session).convert(exact, from_currency, to_currency, on)
        ).amount

    async def record_payment(
        self,
        customer_id: UUID,
        amount: Decimal | float | str,
        paid_currency: str,
        *,
        received_on: date | None = None,
        arrived: Decimal | float | str | None = None,
        method: str = "other",
        reference: str | None = None,
        external_id: str | None = None,
        allocate: Mapping[UUID, Decimal] | None = None,
    ) -> MultiCurrencyPayment:
        """Record money that a customer paid in another currency than it is billed in.

        `arrived` is what the bank made of it; None: the rate of the day decides. `allocate` as in
        `NewPayment`, in the customer's currency. The same `external_id` is the same payment.

        Raises:
            ExchangeRateMissingError, InvalidExchangeRateError and those of `record_payments`.
        """
        session = await self._bound.open()
        payment = NewPayment(
            customer_id=customer_id,
            amount=Decimal(str(amount)),
            received_on=received_on or await self._today(session),
            method=method,
            reference=reference,
            external_id=external_id,
            allocate=allocate,
        )
        exact = None if arrived is None else Decimal(str(arrived))
        payment_id = await ExchangeService(session).receive(
            ForeignPayment(payment=payment, paid_currency=paid_currency, arrived=exact)
        )
        found = await ExchangeRepository(session).converted(payment_id)
        assert found is not None  # it was recorded in this transaction
        return _payment(found)

    async def list_payments(self, customer_id: UUID | None = None) -> list[MultiCurrencyPayment]:
        """What was paid in another currency, the newest first; a thousand at most."""
        session = await self._bound.open()
        rows, _ = await ExchangeRepository(session).converted_page(customer_id, 0, _MOST)
        return [_payment(row) for row in rows]

    async def customer_currencies(self, customer_id: UUID) -> list[CustomerCurrency]:
        """The currency in which a customer is billed, then those of its invoices.

        Raises:
            BillingCustomerNotFoundError: there is no such customer.
        """
        session = await self._bound.open()
        exchange = ExchangeRepository(session)
        base = await exchange.customer_currency(customer_id)
        if base is None:
            raise BillingCustomerNotFoundError(customer_id)
        others = sorted(await exchange.invoiced_currencies(customer_id) - {base})
        return [
            CustomerCurrency(customer_id=customer_id, currency=one, is_base=one == base)
            for one in (base, *others)
        ]

    async def _today(self, session: AsyncSession) -> date:
        return self._bound.clock.today((await settings_of(session)).time_zone)

    async def _record(self, session: AsyncSession, row: ExchangeRate) -> ManualExchangeRate:
        today = await self._today(session)
        return ManualExchangeRate.model_validate(ExchangeRateOut.of(row, today))


def _payment(found: Converted) -> MultiCurrencyPayment:
    return MultiCurrencyPayment.model_validate(ConvertedPaymentOut.of(*found))

"""`/exchange-rates`, `/converted-payments`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dotmac_billing.exchange.repository import ExchangeRepository, RateFilter
from dotmac_billing.exchange.schemas import (
    ConversionOut,
    ConvertedPaymentIn,
    ConvertedPaymentOut,
    ExchangeRateIn,
    ExchangeRateOut,
)
from dotmac_billing.exchange.service import ExchangeService
from dotmac_billing.payments.schemas import Amount, PaymentOut
from dotmac_billing.payments.service import PaymentService
from dotmac_billing.settings.schemas import CurrencyCode
from dotmac_billing.settings.service import settings_of
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx, clock_of
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

rates_router = APIRouter(prefix="/exchange-rates", tags=["Exchange rates"])
payments_router = APIRouter(prefix="/converted-payments", tags=["Payments"])

Reader = Annotated[Principal, Depends(requires("billing:read"))]
Writer = Annotated[Principal, Depends(requires("billing:write"))]
Page = Annotated[PageParams, Depends()]


@rates_router.post(
    "", status_code=201, summary="Add an exchange rate", response_model=Envelope[ExchangeRateOut]
)
async def add_exchange_rate(body: ExchangeRateIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Say what money of one currency is in another from a day on."""
    row = await ExchangeService(tx).add(body.new_rate())
    return enveloped(ExchangeRateOut.of(row, await _today(tx)))


@rates_router.get("", summary="List exchange rates", response_model=Listing[ExchangeRateOut])
async def list_exchange_rates(
    *,
    tx: Tx,
    page: Page,
    _: Reader,
    from_currency: Annotated[CurrencyCode | None, Query()] = None,
    to_currency: Annotated[CurrencyCode | None, Query()] = None,
    on: Annotated[Day | None, Query(description="Only what may hold on that day.")] = None,
) -> dict[str, Any]:
    """The tenant's rates, the newest first."""
    wanted = RateFilter(from_currency, to_currency, on)
    rows, total = await ExchangeRepository(tx).page(wanted, page.offset, page.per_page)
    today = await _today(tx)
    return listing([ExchangeRateOut.of(row, today) for row in rows], page, total)


@rates_router.get("/convert", summary="Convert an amount", response_model=Envelope[ConversionOut])
async def convert_amount(
    *,
    tx: Tx,
    _: Reader,
    amount: Annotated[Amount, Query()],
    from_currency: Annotated[CurrencyCode, Query(examples=["USD"])],
    to_currency: Annotated[CurrencyCode, Query()],
    on: Annotated[Day | None, Query(description="Today unless given.")] = None,
) -> dict[str, Any]:
    """An amount in another currency by the rate of a day."""
    on = on or await _today(tx)
    return enveloped(await ExchangeService(tx).convert(amount, from_currency, to_currency, on))


@rates_router.post(
    "/{rate_id}/disable",
    summary="Disable an exchange rate",
    response_model=Envelope[ExchangeRateOut],
)
async def disable_exchange_rate(rate_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Use a mistaken rate no more. What went by it stays as it is."""
    row = await ExchangeService(tx).disable(rate_id)
    return enveloped(ExchangeRateOut.of(row, await _today(tx)))


@payments_router.post(
    "",
    status_code=201,
    summary="Record a payment in another currency",
    response_model=Envelope[PaymentOut],
)
async def record_converted_payment(
    body: ConvertedPaymentIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("payments:record"))],
) -> dict[str, Any]:
    """Record money that was paid in one currency and counts in another."""
    payment_id = await ExchangeService(tx).receive(body.foreign())
    return enveloped(await PaymentService(tx).get(payment_id))


@payments_router.get(
    "",
    summary="List payments in another currency",
    response_model=Listing[ConvertedPaymentOut],
)
async def list_converted_payments(
    *,
    tx: Tx,
    page: Page,
    _: Annotated[Principal, Depends(requires("payments:read"))],
    customer_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """What was paid in another currency than it counts in, the newest first."""
    rows, total = await ExchangeRepository(tx).converted_page(
        customer_id, page.offset, page.per_page
    )
    return listing([ConvertedPaymentOut.of(*row) for row in rows], page, total)


async def _today(tx: Tx) -> date:
    return clock_of(tx).today((await settings_of(tx)).time_zone)

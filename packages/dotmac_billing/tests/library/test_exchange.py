from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.exchange.errors import ExchangeRateMissingError
from dotmac_shared.billing import (
    CustomerCreate,
    CustomerCurrency,
    ExchangeRateService,
    ExchangeRateStatus,
    InvoiceCreate,
    LineItemCreate,
    create_basic_billing_service,
)


async def test_rates_are_set_used_and_taken_out_of_use(session: AsyncSession) -> None:
    exchange = ExchangeRateService(session)
    rate = await exchange.set_rate("USD", "EUR", 0.92, valid_from=date(2026, 11, 1))

    assert await exchange.convert("100", "USD", "EUR") == Decimal("92.00")
    assert await exchange.get_rate("EUR", "USD") == Decimal("1.086956522")
    assert (await exchange.disable_rate(rate.id)).status is ExchangeRateStatus.DISABLED
    assert [one.status for one in await exchange.list_rates("USD")] == [ExchangeRateStatus.DISABLED]
    with pytest.raises(ExchangeRateMissingError):
        await exchange.get_rate("USD", "EUR")


async def test_a_customer_pays_in_another_currency(session: AsyncSession) -> None:
    billing, exchange = create_basic_billing_service(session), ExchangeRateService(session)
    ada = await billing.customer_repo.create(
        CustomerCreate(customer_code="C-1", name="Ada", email="ada@example.com")
    )
    await billing.invoice_repo.create(
        InvoiceCreate(
            customer_id=ada.id,
            currency="USD",
            line_items=[LineItemCreate(description="Fibre", quantity=1, unit_price=50)],
        )
    )
    await exchange.set_rate("USD", "EUR", "0.9", valid_from=date(2026, 11, 1))

    paid = await exchange.record_payment(ada.id, 100, "USD")

    assert (paid.paid_amount, paid.paid_currency) == (Decimal(100), "USD")
    assert (paid.amount, paid.currency) == (Decimal(90), "EUR")
    assert await exchange.list_payments(ada.id) == [paid]
    assert await exchange.customer_currencies(ada.id) == [
        CustomerCurrency(customer_id=ada.id, currency="EUR", is_base=True),
        CustomerCurrency(customer_id=ada.id, currency="USD", is_base=False),
    ]

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import (
    BillingPeriod,
    BillingPlanCreate,
    BillingService,
    BillingServiceFactory,
    CustomerCreate,
    InvoiceCreate,
    InvoiceRecord,
    InvoiceStatus,
    LineItemCreate,
    PaymentStatus,
    check_books,
    create_basic_billing_service,
)
from dotmac_billing.library.errors import (
    GatewayAnswerError,
    IntegrationMissingError,
    InvoiceSettledError,
    OverpaymentError,
)
from dotmac_billing.library.payments.answer import gateway_answer
from dotmac_billing.payments.errors import PaymentNotPositiveError
from dotmac_billing.testing import InMemoryPaymentGateway

NOVEMBER = BillingPeriod(period_start=date(2026, 11, 1), period_end=date(2026, 12, 1))


def gateway_of(billing: BillingService) -> InMemoryPaymentGateway:
    gateway = billing.payment_gateway
    assert isinstance(gateway, InMemoryPaymentGateway)
    return gateway


@pytest.fixture
def billing(session: AsyncSession) -> BillingService:
    factory = BillingServiceFactory()
    factory.register_payment_gateway("test", InMemoryPaymentGateway)
    return factory.create_billing_service(session, {"payment_gateway": {"type": "test"}})


@pytest.fixture
async def invoice(billing: BillingService) -> InvoiceRecord:
    """79.99, issued and not paid."""
    customer = await billing.customer_repo.create(CustomerCreate(customer_code="C", name="Ada"))
    line = LineItemCreate(description="Fibre", unit_price=79.99)
    return await billing.invoice_repo.create(
        InvoiceCreate(customer_id=customer.id, line_items=(line,))
    )


async def test_a_charge_pays_the_invoice_and_the_books_agree(
    billing: BillingService, invoice: InvoiceRecord
) -> None:
    payment = await billing.process_payment(invoice.id, "pm_card")

    assert payment.status is PaymentStatus.COMPLETED
    assert (payment.amount, payment.invoice_id) == (Decimal("79.99"), invoice.id)
    assert payment.gateway_transaction_id == "txn_1"
    paid = await billing.invoice_repo.required(invoice.id)
    assert (paid.status, paid.amount_due) == (InvoiceStatus.PAID, Decimal(0))
    assert await check_books(billing.db) == []
    assert await billing.payment_repo.get_by_invoice(invoice.id) == [payment]


async def test_a_part_may_be_paid_and_then_the_rest(
    billing: BillingService, invoice: InvoiceRecord
) -> None:
    await billing.process_payment(invoice.id, "pm_card", amount=30)
    rest = await billing.process_payment(invoice.id, "pm_card")

    assert rest.amount == Decimal("49.99")
    assert gateway_of(billing).taken == Decimal("79.99")


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        ("80.00", OverpaymentError),
        ("0", PaymentNotPositiveError),
        ("-1", PaymentNotPositiveError),
        ("0.001", PaymentNotPositiveError),
    ],
)
async def test_an_amount_that_cannot_be_is_refused_before_anything_is_charged(
    billing: BillingService, invoice: InvoiceRecord, amount: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await billing.process_payment(invoice.id, "pm_card", Decimal(amount))

    assert gateway_of(billing).transactions == {}


async def test_a_paid_invoice_is_not_charged_again(
    billing: BillingService, invoice: InvoiceRecord
) -> None:
    await billing.process_payment(invoice.id, "pm_card")

    with pytest.raises(InvoiceSettledError):
        await billing.process_payment(invoice.id, "pm_card")

    assert gateway_of(billing).taken == Decimal("79.99")


async def test_a_declined_charge_is_recorded_with_its_reason(
    billing: BillingService, invoice: InvoiceRecord
) -> None:
    failed = await billing.process_payment(invoice.id, "pm_declined")

    assert (failed.status, failed.failure_reason) == (PaymentStatus.FAILED, "card_declined")
    assert await billing.payment_repo.get_failed_payments() == [failed]
    assert (await billing.invoice_repo.required(invoice.id)).amount_due == Decimal("79.99")
    again = await billing.process_payment(invoice.id, "pm_card")
    assert again.status is PaymentStatus.COMPLETED


async def test_a_charge_of_a_transaction_that_was_rolled_back_is_not_made_twice(
    billing: BillingService, invoice: InvoiceRecord
) -> None:
    savepoint = await billing.db.begin_nested()
    await billing.process_payment(invoice.id, "pm_card")
    await savepoint.rollback()
    assert await billing.payment_repo.count() == 0

    await billing.process_payment(invoice.id, "pm_card")

    assert gateway_of(billing).taken == Decimal("79.99")
    assert await billing.payment_repo.count() == 1


async def test_a_charge_under_way_is_booked_when_it_comes_in_and_once(
    billing: BillingService, invoice: InvoiceRecord
) -> None:
    slow = await billing.process_payment(invoice.id, "pm_slow")
    assert slow.status is PaymentStatus.PROCESSING
    with pytest.raises(InvoiceSettledError):
        await billing.process_payment(invoice.id, "pm_card")

    assert (await billing.refresh_payment(slow.id)).status is PaymentStatus.PROCESSING
    gateway_of(billing).settle("txn_1")
    booked = await billing.refresh_payment(slow.id)
    same = await billing.refresh_payment(booked.id)

    assert booked == same
    assert booked.status is PaymentStatus.COMPLETED
    assert await billing.payment_repo.count() == 1
    assert (await billing.invoice_repo.required(invoice.id)).is_paid


async def test_without_a_gateway_nothing_stays_pending(session: AsyncSession) -> None:
    plain = create_basic_billing_service(session)
    customer = await plain.customer_repo.create(CustomerCreate(customer_code="C", name="C"))
    plan = await plain.plan_repo.create(BillingPlanCreate(plan_code="P", name="P", base_price=1))
    made = await plain.create_subscription(customer.id, plan.id, date(2026, 11, 1))
    invoice = await plain.generate_invoice(made.id, NOVEMBER)

    with pytest.raises(IntegrationMissingError):
        await plain.process_payment(invoice.id, "pm_card")

    assert await plain.payment_repo.count() == 0


@pytest.mark.parametrize("said", [{}, {"status": "maybe"}, {"status": "completed"}])
def test_an_answer_that_is_not_understood_is_no_payment(said: dict[str, str]) -> None:
    with pytest.raises(GatewayAnswerError):
        gateway_answer(said)

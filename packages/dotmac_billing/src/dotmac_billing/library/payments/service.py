"""Taking payments through a gateway."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from dotmac_billing.customers.service import CustomerService
from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.errors import (
    IntegrationMissingError,
    InvoiceSettledError,
    OverpaymentError,
    RecordNotFoundError,
)
from dotmac_billing.library.invoices.repository import InvoiceRepository
from dotmac_billing.library.models import PaymentAttempt
from dotmac_billing.library.names import PaymentStatus
from dotmac_billing.library.payments.answer import GatewayAnswer, gateway_answer
from dotmac_billing.library.payments.repository import PaymentRepository
from dotmac_billing.library.protocols import PaymentGatewayProtocol
from dotmac_billing.library.records import InvoiceRecord, PaymentRecord
from dotmac_billing.payments.errors import PaymentNotPositiveError
from dotmac_billing.payments.received import NewPayment
from dotmac_billing.payments.service import PaymentService
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)
_UNDER_WAY = {PaymentStatus.PENDING, PaymentStatus.PROCESSING}


class GatewayPayments:
    """Payments of one tenant through one gateway."""

    def __init__(
        self, bound: BoundSession, gateway: PaymentGatewayProtocol | None, name: str
    ) -> None:
        """`name` is under which the gateway's transactions are remembered."""
        self._bound = bound
        self._gateway = gateway
        self._name = name
        self._payments = PaymentRepository(bound)
        self._invoices = InvoiceRepository(bound)

    async def pay(
        self, invoice_id: UUID, payment_method_id: str, amount: Decimal | None
    ) -> PaymentRecord:
        """Charge for an invoice, and record what became of it; see `BillingService`."""
        gateway = self._required()
        session = await self._bound.open()
        invoice = await self._invoices.required(invoice_id)
        # Held until the transaction ends, so that two cannot charge for the same debt.
        customer = await CustomerService(session).locked(invoice.customer_id)
        invoice = await self._invoices.required(invoice_id)
        attempts = await self._payments.attempts(invoice_id)
        under_way = sum((one.amount for one in attempts if one.status in _UNDER_WAY), _NOTHING)
        amount = _to_charge(invoice, amount, invoice.amount_due - under_way)
        said = await gateway.process_payment(
            amount,
            invoice.currency,
            payment_method_id,
            str(invoice.customer_id),
            {
                "invoice_id": str(invoice_id),
                "invoice_number": invoice.invoice_number,
                "tenant_id": str(invoice.tenant_id),
                # Asked again because this transaction failed, it is the same charge; asked again
                # because the last one was declined, it is another.
                "idempotency_key": f"{invoice_id}:{len(attempts)}",
            },
        )
        answer = gateway_answer(said)
        known = None
        if answer.transaction_id is not None:
            known = await self._payments.of_transaction(self._name, answer.transaction_id)
        attempt = known or await self._payments.add_attempt(
            PaymentAttempt(
                customer_id=invoice.customer_id,
                invoice_id=invoice_id,
                amount=amount,
                currency=invoice.currency,
                gateway=self._name,
                payment_method_id=payment_method_id,
                status=PaymentStatus.PENDING,
                transaction_id=answer.transaction_id,
                attempted_on=clock_of(session).today(customer.time_zone),
                created_at=clock_of(session).now(),
            )
        )
        return await self._settle(attempt, answer)

    async def ask_again(self, payment_id: UUID) -> PaymentRecord:
        """Ask the gateway what became of a payment that was under way.

        Raises:
            RecordNotFoundError: there is no such payment through a gateway.
            IntegrationMissingError, GatewayAnswerError: see `BillingService.process_payment`.
        """
        gateway = self._required()
        attempt = await self._payments.attempt(payment_id)
        if attempt is None or attempt.transaction_id is None:
            raise RecordNotFoundError("payment", payment_id)
        if attempt.status not in _UNDER_WAY:
            return await self._payments.required(attempt.payment_id or attempt.id)
        said = await gateway.get_payment_status(attempt.transaction_id)
        return await self._settle(
            attempt, gateway_answer({"transaction_id": attempt.transaction_id, **said})
        )

    def _required(self) -> PaymentGatewayProtocol:
        if self._gateway is None:
            raise IntegrationMissingError("payment_gateway")
        return self._gateway

    async def _settle(self, attempt: PaymentAttempt, answer: GatewayAnswer) -> PaymentRecord:
        """Note the answer, and book the money if there is any; once, however often it is told."""
        session = await self._bound.open()
        if attempt.payment_id is not None:
            return await self._payments.required(attempt.payment_id)
        attempt.status = answer.status
        attempt.authorization_code = answer.authorization_code
        attempt.failure_reason = answer.failure_reason
        if answer.status is PaymentStatus.COMPLETED:
            attempt.payment_id = await self._book(attempt)
        await session.flush()  # records are read from the table
        if attempt.payment_id is None:
            await record(
                session,
                action="payments.attempt",
                target=("payment_attempt", attempt.id),
                after={"status": answer.status.value, "reason": answer.failure_reason},
            )
        return await self._payments.required(attempt.payment_id or attempt.id)

    async def _book(self, attempt: PaymentAttempt) -> UUID:
        session = await self._bound.open()
        customer = await CustomerService(session).locked(attempt.customer_id)
        invoice = await self._invoices.required(attempt.invoice_id)
        # Paid from elsewhere while it was under way: the money came in, and is credit.
        part = min(attempt.amount, max(invoice.amount_due, _NOTHING))
        recorded = await PaymentService(session).record_or_find(
            NewPayment(
                attempt.customer_id,
                attempt.amount,
                clock_of(session).today(customer.time_zone),
                method=attempt.gateway,
                currency=attempt.currency,
                reference=attempt.authorization_code,
                external_id=f"{attempt.gateway}:{attempt.transaction_id}",
                allocate={attempt.invoice_id: part} if part else {},
            )
        )
        payment_id: UUID = recorded["id"]
        return payment_id


def _to_charge(invoice: InvoiceRecord, amount: Decimal | None, due: Decimal) -> Decimal:
    """What to charge: all that is `due`, less what is under way, unless less is wanted.

    Raises:
        InvoiceSettledError: nothing is due.
        PaymentNotPositiveError: nothing or less is wanted, or a fraction of a minor unit.
        OverpaymentError: more is wanted than is due.
    """
    if due <= 0:
        raise InvoiceSettledError(invoice.invoice_number)
    wanted = due if amount is None else amount
    if not wanted.is_finite() or wanted <= 0 or wanted != round_money(wanted, invoice.currency):
        raise PaymentNotPositiveError(wanted, invoice.currency)
    if wanted > due:
        raise OverpaymentError(wanted, due)
    return wanted

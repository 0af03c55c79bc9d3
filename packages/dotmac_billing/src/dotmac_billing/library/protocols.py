"""What a program that embeds billing may bring, and what it gets, under the founding names.

All of them are structural: a class need not inherit from any. Of the services that a program
brings, billing calls only what is there; a notification service with one method gets one kind of
notification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

Record = TypeVar("Record")


@runtime_checkable
class PaymentGatewayProtocol(Protocol):
    """Whoever takes payments. Amounts are exact, in the currency's main unit."""

    async def process_payment(
        self,
        amount: Decimal,
        currency: str,
        payment_method_id: str,
        customer_id: str,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Take money. `metadata["idempotency_key"]` is the same when the same charge is repeated.

        The answer has `status` (`completed`, `failed`, or one to wait for such as `processing`),
        `transaction_id`, and if there are any `authorization_code` and `failure_reason`.
        """
        ...

    async def refund_payment(
        self, transaction_id: str, amount: Decimal | None = None
    ) -> dict[str, Any]:
        """Pay back a transaction, or a part of it."""
        ...

    async def get_payment_status(self, transaction_id: str) -> dict[str, Any]:
        """The transaction as it stands, in the form of `process_payment`'s answer."""
        ...


@runtime_checkable
class NotificationServiceProtocol(Protocol):
    """Whoever tells customers. Each method says whether the message is on its way."""

    async def send_invoice_notification(
        self, customer: Any, invoice: Any, notification_type: str = "invoice_created"
    ) -> bool:
        """Tell of an invoice; both are the records of the repositories."""
        ...

    async def send_payment_notification(
        self, customer: Any, payment: Any, notification_type: str = "payment_received"
    ) -> bool:
        """Tell of a payment; also `payment_failed`."""
        ...

    async def send_subscription_notification(
        self, customer: Any, subscription: Any, notification_type: str = "subscription_created"
    ) -> bool:
        """Tell of a subscription; also `subscription_cancelled`."""
        ...


@runtime_checkable
class TaxCalculationServiceProtocol(Protocol):
    """Whoever works out tax, one amount at a time."""

    async def calculate_tax(
        self, amount: Decimal, customer: Any, product_codes: list[str] | None = None
    ) -> dict[str, Any]:
        """The tax on a net amount: `amount`, `rate` (a fraction) and `tax_type` of it."""
        ...

    async def validate_tax_id(self, tax_id: str, country: str) -> bool:
        """Whether it can be a tax number of that country."""
        ...


@runtime_checkable
class PdfGeneratorProtocol(Protocol):
    """Whoever makes documents."""

    async def generate_invoice_pdf(self, invoice: Any, template_name: str | None = None) -> bytes:
        """An issued invoice, in the look of a template."""
        ...

    async def generate_statement_pdf(
        self, customer: Any, start_date: date, end_date: date
    ) -> bytes:
        """What a customer was charged and paid, both days included."""
        ...


@runtime_checkable
class InvoiceServiceProtocol(Protocol):
    """What can be done with invoices."""

    async def create_invoice(self, customer_id: UUID, line_items: Sequence[Any], **kw: Any) -> Any:
        """Write a draft."""
        ...

    async def finalize_invoice(self, invoice_id: UUID) -> Any:
        """Issue a draft."""
        ...

    async def send_invoice(self, invoice_id: UUID) -> bool:
        """Tell the customer of it."""
        ...

    async def void_invoice(self, invoice_id: UUID) -> Any:
        """Let it be owed by nobody."""
        ...


@runtime_checkable
class PaymentServiceProtocol(Protocol):
    """What can be done with payments."""

    async def create_payment(
        self, customer_id: UUID, amount: Decimal, payment_method: str, **kw: Any
    ) -> Any:
        """Record money that came in."""
        ...

    async def process_payment(self, payment_id: UUID) -> Any:
        """Ask the gateway again what became of a payment."""
        ...

    async def refund_payment(self, payment_id: UUID, amount: Decimal | None = None) -> Any:
        """Pay money back."""
        ...


@runtime_checkable
class SubscriptionServiceProtocol(Protocol):
    """What can be done with subscriptions."""

    async def create_subscription(self, customer_id: UUID, plan_id: UUID, **kw: Any) -> Any:
        """Let a customer subscribe."""
        ...

    async def update_subscription(self, subscription_id: UUID, updates: Mapping[str, Any]) -> Any:
        """Change what may change."""
        ...

    async def change_plan(
        self, subscription_id: UUID, new_plan_id: UUID, change_date: date | None = None
    ) -> Any:
        """Go over to another plan."""
        ...


@runtime_checkable
class BillingAnalyticsProtocol(Protocol):
    """Figures of a tenant."""

    async def get_revenue_metrics(
        self, start_date: date, end_date: date, tenant_id: UUID | None = None
    ) -> Mapping[str, Any]:
        """Revenue in a span of days."""
        ...

    async def get_customer_metrics(self, tenant_id: UUID | None = None) -> Mapping[str, Any]:
        """Customers today."""
        ...

    async def get_subscription_metrics(self, tenant_id: UUID | None = None) -> Mapping[str, Any]:
        """Subscriptions today."""
        ...

    async def get_churn_analysis(
        self, start_date: date, end_date: date, tenant_id: UUID | None = None
    ) -> Mapping[str, Any]:
        """What was lost in a span of days."""
        ...


@runtime_checkable
class DatabaseSessionProtocol(Protocol):
    """A session, as little of one as anybody needs to know."""

    async def commit(self) -> None:
        """Keep what was done."""
        ...

    async def rollback(self) -> None:
        """Undo it."""
        ...

    async def refresh(self, instance: Any) -> None:
        """Read an object again."""
        ...


@runtime_checkable
class BaseRepositoryProtocol(Protocol[Record]):
    """A place where records of one kind are."""

    async def create(self, obj_in: Any, **kw: Any) -> Record:
        """Make one."""
        ...

    async def get(self, id: UUID) -> Record | None:
        """The one of that id."""
        ...

    async def get_multi(self, *, skip: int = 0, limit: int = 100, **filters: Any) -> list[Record]:
        """Those that match."""
        ...

    async def update(self, db_obj: Any, obj_in: Any) -> Record:
        """Change what may change."""
        ...

    async def delete(self, id: UUID) -> bool:
        """Take it away, if it was there and nothing hangs on it."""
        ...

    async def count(self, **filters: Any) -> int:
        """How many match."""
        ...

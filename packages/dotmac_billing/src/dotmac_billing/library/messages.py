"""What customers are told: the words of a message, as text and as a page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape

from dotmac_billing.library.records import (
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    SubscriptionRecord,
)
from dotmac_core_ops.money import currency_exponent


@dataclass(frozen=True)
class Message:
    """A subject and paragraphs of plain text."""

    subject: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The message as plain text."""
        return "\n\n".join(self.paragraphs) + "\n"

    @property
    def html(self) -> str:
        """The message as a page; nothing in it is taken for markup."""
        body = "".join(f"<p>{escape(each)}</p>" for each in self.paragraphs)
        return f"<!doctype html><html><body>{body}</body></html>"


def of_invoice(customer: CustomerRecord, invoice: InvoiceRecord, kind: str) -> Message:
    """`invoice_created`, `invoice_overdue`, or any other kind in the words of the first."""
    amount = written(invoice.amount_due, invoice.currency)
    if kind == "invoice_overdue":
        subject = f"Invoice {invoice.invoice_number} is overdue"
        said = f"{amount} of invoice {invoice.invoice_number} was due on {invoice.due_date}."
    else:
        subject = f"Invoice {invoice.invoice_number}"
        total = written(invoice.total_amount, invoice.currency)
        said = f"Your invoice {invoice.invoice_number} is over {total}."
        if invoice.amount_due > 0:
            said += f" Please pay {amount} by {invoice.due_date}."
        else:
            said += " Nothing is left to pay."
    return Message(subject, (f"Dear {customer.name},", said))


def of_payment(customer: CustomerRecord, payment: PaymentRecord, kind: str) -> Message:
    """`payment_received`, or `payment_failed`."""
    amount = written(payment.amount, payment.currency)
    if kind == "payment_failed":
        subject = f"Your payment of {amount} failed"
        said = f"We could not take {amount}: {payment.failure_reason}"
    else:
        subject = f"We received {amount}"
        said = f"Thank you for your payment {payment.payment_number} of {amount}."
    return Message(subject, (f"Dear {customer.name},", said))


def of_subscription(
    customer: CustomerRecord, subscription: SubscriptionRecord, kind: str
) -> Message:
    """`subscription_created`, or `subscription_cancelled`."""
    number = subscription.subscription_number
    if kind == "subscription_cancelled":
        subject = f"Subscription {number} ends"
        said = f"Your subscription {number} ends; {subscription.end_date} is the first day without."
    else:
        subject = f"Subscription {number}"
        said = f"Your subscription {number} begins on {subscription.start_date}."
    return Message(subject, (f"Dear {customer.name},", said))


def written(amount: Decimal, currency: str) -> str:
    """`1234.5` EUR as `1,234.50 EUR`."""
    return f"{amount:,.{currency_exponent(currency)}f} {currency}"

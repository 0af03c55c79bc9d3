"""What a customer's timeline says in English about the facts of billing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from dotmac_customers import Telling

_INVOICE = ("invoice", "invoice_id")
_SUBSCRIPTION = ("subscription", "subscription_id")
_WALLET = ("wallet", "wallet_id")


def _received(fields: Mapping[str, Any]) -> str:
    how = str(fields["method"]).replace("_", " ")
    return f"Paid {_money(fields, 'amount')} by {how}."


def _money(fields: Mapping[str, Any], name: str) -> str:
    # The digits that the event has, without the zeros that only fill the column.
    whole, _, cents = str(fields[name]).partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')} {fields['currency']}"


def _sum(sentence: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda fields: sentence.format_map({**fields, name: _money(fields, name)})


def _invoice(sentence: str, amount: str | None = None, day: str | None = None) -> Telling:
    if amount is None:
        return Telling("invoice", sentence, about=_INVOICE, day=day)
    return Telling("invoice", _sum(sentence, amount), about=_INVOICE, amount=amount, day=day)


def _subscription(sentence: str, day: str | None = None) -> Telling:
    return Telling("subscription", sentence, about=_SUBSCRIPTION, day=day)


def _wallet(sentence: str, amount: str) -> Telling:
    return Telling("credit", _sum(sentence, amount), about=_WALLET, amount=amount)


TELLINGS: Mapping[str, Telling] = MappingProxyType(
    {
        "billing.invoice_issued": _invoice(
            "Invoice {number} over {total} was issued.", "total", "issued_on"
        ),
        "billing.invoice_sent": _invoice("Invoice {number} was sent."),
        "billing.invoice_overdue": _invoice(
            "Invoice {number} is overdue with {amount_due}.", "amount_due"
        ),
        "billing.invoice_paid": _invoice(
            "Invoice {number} over {total} was paid.", "total", "paid_on"
        ),
        "billing.invoice_voided": _invoice("Invoice {number} was made void."),
        "billing.invoice_written_off": _invoice(
            "{amount} of invoice {number} was written off.", "amount"
        ),
        "billing.invoice_uncollectible": _invoice("Invoice {number} was marked as uncollectible."),
        "billing.late_fee_charged": _invoice(
            "A late fee of {amount} was charged for invoice {number}.", "amount"
        ),
        "billing.credit_note_issued": Telling(
            "credit_note",
            _sum("Credit note {number} over {total} was issued.", "total"),
            about=("credit_note", "credit_note_id"),
            amount="total",
        ),
        "billing.payment_received": Telling(
            "payment",
            _received,
            about=("payment", "payment_id"),
            amount="amount",
            day="received_on",
        ),
        "billing.subscription_started": _subscription(
            "Subscription {number} started on {start_on}.", "start_on"
        ),
        "billing.subscription_changed": _subscription(
            "Subscription {number} changes on {effective_on}."
        ),
        "billing.subscription_paused": _subscription(
            "Subscription {number} was paused on {paused_on}."
        ),
        "billing.subscription_resumed": _subscription(
            "Subscription {number} was resumed on {resume_on}."
        ),
        "billing.subscription_renewed": _subscription(
            "Subscription {number} was renewed on {renewed_on}."
        ),
        "billing.subscription_cancelled": _subscription(
            "Subscription {number} ends on {end_on}.", "end_on"
        ),
        "billing.subscription_expired": _subscription("Subscription {number} ended on {end_on}."),
        "billing.subscription_transferred": _subscription(
            "Subscription {number} was handed over to another customer on {on}."
        ),
        "billing.trial_ending": _subscription(
            "The trial of subscription {number} ends on {trial_end_on}."
        ),
        "billing.coupon_redeemed": Telling(
            "discount", "Coupon {code} was redeemed.", about=("coupon", "coupon_id")
        ),
        "billing.wallet_topped_up": _wallet("Prepaid credit of {amount} was bought.", "amount"),
        "billing.wallet_credit_granted": _wallet("Credit of {amount} was granted.", "amount"),
        "billing.wallet_credit_expired": _wallet("Credit of {amount} expired.", "amount"),
        "billing.wallet_low": _wallet("Prepaid credit is down to {balance}.", "balance"),
    }
)
"""How each event of billing is told."""

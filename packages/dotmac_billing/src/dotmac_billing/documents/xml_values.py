"""Values as the XML of an e-invoice writes them, and what a line says in it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.documents.document import Document, DocumentLine, Party
from dotmac_core_ops.money import round_money

_ONE = Decimal(1)


class Billed(NamedTuple):
    """Quantity (BT-129), price (BT-146) and what quantity the price is for (BT-149).

    `quantity` times `price` divided by `per` is exactly the line's gross amount; only the quantity
    may be negative (BR-27 forbids negative prices).
    """

    quantity: Decimal
    price: Decimal
    per: Decimal


def billed(line: DocumentLine, currency: str) -> Billed:
    """What the line charges for, so that the amounts of the XML multiply exactly.

    Where tiers, packages or minimums make the amount differ from quantity times unit price, the
    price is the whole amount for the whole quantity.
    """
    quantity, price = line.quantity, line.unit_price
    if price < 0:
        quantity, price = -quantity, -price
    if quantity and round_money(quantity * price, currency) == line.gross:
        return Billed(quantity, price, _ONE)
    if not quantity:
        quantity = _ONE
    whole = abs(quantity)
    return Billed(whole if line.gross >= 0 else -whole, abs(line.gross), whole)


def amount(value: Decimal, currency: str) -> str:
    """Money with the digits of its currency."""
    return f"{round_money(value, currency):f}"


def number(value: Decimal) -> str:
    """A quantity, price or per cent, without trailing zeros and never with an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(rate: Decimal) -> str:
    """A rate as per cent: `0.19` is `19`."""
    return number(rate * 100)


def endpoint(party: Party) -> tuple[str, str] | None:
    """The electronic address with its scheme: the e-mail address (EM) where there is no other."""
    if party.endpoint and party.endpoint_scheme:
        return party.endpoint, party.endpoint_scheme
    return (party.email, "EM") if party.email else None


def means_code(document: Document) -> str:
    """58 for a SEPA credit transfer, 30 for any other credit transfer (UNTDID 4461)."""
    return "58" if document.currency == "EUR" else "30"


def line_note(line: DocumentLine) -> str | None:
    """How the amount came about, as the note of the line (BT-127)."""
    return "; ".join(line.explanation) or None


def discount_reason(line: DocumentLine) -> str:
    """Why the line is reduced or raised (BT-139, BT-144): there must be a reason."""
    return line.discount_reason or ("Discount" if line.discount >= 0 else "Surcharge")

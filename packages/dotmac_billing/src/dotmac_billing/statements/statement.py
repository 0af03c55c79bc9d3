"""A customer's statement of account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

_NOTHING = Decimal(0)


class Movement(NamedTuple):
    """Something that changed what the customer owes.

    `kind` is the source of the entry (`invoice`, `payment`, `credit_note`, `invoice_void`,
    `write_off` and others); `amount` is positive when more is owed; `balance` is what is owed after
    it, below zero when the customer has credit.
    """

    on: date
    kind: str
    document_id: UUID
    number: str | None
    description: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Statement:
    """Everything between a customer and the tenant in one currency, from `from_on` to `to_on`.

    Both days are included. `closing` is `opening` with all movements, and what the books say.
    """

    customer_id: UUID
    customer_code: str
    customer_name: str
    currency: str
    from_on: date
    to_on: date
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal

    @property
    def debits(self) -> Decimal:
        """What was added to what is owed."""
        return sum((one.amount for one in self.movements if one.amount > 0), _NOTHING)

    @property
    def credits(self) -> Decimal:
        """What was taken off, as a positive amount."""
        return -sum((one.amount for one in self.movements if one.amount < 0), _NOTHING)


class StatementOf(NamedTuple):
    """Whose statement it is, and the days it covers, both included."""

    customer_id: UUID
    customer_code: str
    customer_name: str
    from_on: date
    to_on: date


def statements(
    of: StatementOf,
    openings: Mapping[str, Decimal],
    rows: Iterable[Mapping[str, Any]],
    currencies: Sequence[str] = (),
) -> list[Statement]:
    """A statement for each currency in which anything was owed or moved, by currency.

    `rows` are movements in their order, with `currency` and without a balance; `currencies` get a
    statement even when there is nothing in them.
    """
    moved: dict[str, list[Movement]] = {name: [] for name in (*currencies, *openings)}
    balance = dict(openings)
    for row in rows:
        currency = row["currency"]
        after = balance.get(currency, _NOTHING) + row["amount"]
        balance[currency] = after
        moved.setdefault(currency, []).append(
            Movement(
                row["occurred_on"],
                row["source_type"],
                row["source_id"],
                row["number"],
                row["description"],
                row["amount"],
                after,
            )
        )
    return [
        Statement(
            *of[:3],
            currency=currency,
            from_on=of.from_on,
            to_on=of.to_on,
            opening=openings.get(currency, _NOTHING),
            movements=tuple(movements),
            closing=balance.get(currency, _NOTHING),
        )
        for currency, movements in sorted(moved.items())
    ]

"""How old what customers owe is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID

_NOTHING = Decimal(0)


class Row(Protocol):
    """Figures by name."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 (a database row's values)
        """The value of a column."""


class Buckets(NamedTuple):
    """What is due, by the days since the last day to pay: none, 1 to 30, … more than 90."""

    current: Decimal = _NOTHING
    days_1_30: Decimal = _NOTHING
    days_31_60: Decimal = _NOTHING
    days_61_90: Decimal = _NOTHING
    days_over_90: Decimal = _NOTHING


@dataclass(frozen=True)
class AgeingLine:
    """A customer in one currency. `balance` is what is due less credit that is not used yet."""

    customer_id: UUID
    code: str
    name: str
    buckets: Buckets
    due: Decimal
    credit: Decimal
    balance: Decimal
    in_books: Decimal


@dataclass(frozen=True)
class Ageing:
    """All customers with something due or left in one currency, and their sums."""

    currency: str
    lines: tuple[AgeingLine, ...]
    buckets: Buckets
    due: Decimal
    credit: Decimal
    balance: Decimal
    in_books: Decimal

    @property
    def reconciles(self) -> bool:
        """Whether for each customer the books say the same on the receivable account."""
        return all(line.balance == line.in_books for line in self.lines)


def ageings(rows: Iterable[Row]) -> list[Ageing]:
    """One for each currency, in the order of the rows, which come by currency."""
    found: dict[str, list[AgeingLine]] = {}
    for row in rows:
        buckets = Buckets(*(row[name] for name in Buckets._fields))
        due = sum(buckets, _NOTHING)
        found.setdefault(row["currency"], []).append(
            AgeingLine(
                *(row["customer_id"], row["code"], row["name"], buckets, due),
                *(row["credit"], due - row["credit"], row["in_books"]),
            )
        )
    return [
        Ageing(
            currency,
            tuple(lines),
            _sum(line.buckets for line in lines),
            sum((line.due for line in lines), _NOTHING),
            sum((line.credit for line in lines), _NOTHING),
            sum((line.balance for line in lines), _NOTHING),
            sum((line.in_books for line in lines), _NOTHING),
        )
        for currency, lines in found.items()
    ]


def _sum(buckets: Iterable[Buckets]) -> Buckets:
    columns = zip(*buckets, strict=True)
    return Buckets(*(sum(column, _NOTHING) for column in columns))

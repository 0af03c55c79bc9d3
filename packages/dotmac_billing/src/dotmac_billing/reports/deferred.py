"""Deferred revenue month by month: what came, was earned, was taken back, and is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

_NOTHING = Decimal(0)


class Row(Protocol):
    """Figures by name."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 (a database row's values)
        """The value of a column."""


@dataclass(frozen=True)
class DeferredMonth:
    """`closing` is `opening` plus `billed` less `recognised`, `credited` and `voided`."""

    month: date
    opening: Decimal
    billed: Decimal
    recognised: Decimal
    credited: Decimal
    voided: Decimal
    closing: Decimal


@dataclass(frozen=True)
class RevenueToCome:
    """What is deferred now and is earned in a month to come."""

    month: date
    amount: Decimal


@dataclass(frozen=True)
class DeferredRevenue:
    """Deferred revenue in one currency: how it became what it is, and when it will be earned."""

    currency: str
    months: tuple[DeferredMonth, ...]
    to_come: tuple[RevenueToCome, ...]


def deferred_revenue(
    rows: Iterable[Row], to_come: Mapping[tuple[str, date], Decimal], from_month: date
) -> list[DeferredRevenue]:
    """One for each currency, from `from_month` on; `rows` come by currency and month."""
    months: dict[str, list[DeferredMonth]] = {}
    standing: dict[str, Decimal] = {}
    for row in rows:
        currency = row["currency"]
        opening = standing.get(currency, _NOTHING)
        closing = opening + row["billed"] - row["recognised"] - row["credited"] - row["voided"]
        standing[currency] = closing
        kept = months.setdefault(currency, [])
        if row["month"] >= from_month:
            kept.append(
                DeferredMonth(
                    *(row["month"], opening, row["billed"], row["recognised"]),
                    *(row["credited"], row["voided"], closing),
                )
            )
    ahead: dict[str, list[RevenueToCome]] = {currency: [] for currency in months}
    for (currency, month), amount in sorted(to_come.items()):
        if amount:
            ahead.setdefault(currency, []).append(RevenueToCome(month, amount))
    return [
        DeferredRevenue(currency, tuple(months.get(currency, [])), tuple(ahead[currency]))
        for currency in sorted(ahead)
    ]

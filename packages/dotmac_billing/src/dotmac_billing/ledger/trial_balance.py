"""A trial balance: what stood on each account, what moved, and what stands there now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

_NOTHING = Decimal(0)


class Row(Protocol):
    """Account and figures by name."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 (a database row's values)
        """The value of a column."""


@dataclass(frozen=True)
class TrialLine:
    """An account in one currency. Opening and closing are debits less credits; `closing` is
    `opening` plus `debit` less `credit`.
    """

    account: str
    name: str
    kind: str
    external_code: str | None
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal


@dataclass(frozen=True)
class TrialBalance:
    """All accounts in one currency over `from_on` to `to_on`, both included.

    In right books opening and closing sum to zero, and debits equal credits.
    """

    currency: str
    from_on: date
    to_on: date
    lines: tuple[TrialLine, ...]
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal

    @property
    def balances(self) -> bool:
        """Whether the figures prove that every entry is balanced."""
        return not self.opening and not self.closing and self.debit == self.credit


def trial_balances(rows: Iterable[Row], from_on: date, to_on: date) -> list[TrialBalance]:
    """One for each currency, in the order of the rows, which come by currency and account."""
    found: dict[str, list[TrialLine]] = {}
    for row in rows:
        closing = row["opening"] + row["debit"] - row["credit"]
        found.setdefault(row["currency"], []).append(
            TrialLine(
                *(row["code"], row["name"], row["kind"], row["external_code"]),
                *(row["opening"], row["debit"], row["credit"], closing),
            )
        )
    return [
        TrialBalance(
            currency,
            from_on,
            to_on,
            tuple(lines),
            sum((line.opening for line in lines), _NOTHING),
            sum((line.debit for line in lines), _NOTHING),
            sum((line.credit for line in lines), _NOTHING),
            sum((line.closing for line in lines), _NOTHING),
        )
        for currency, lines in found.items()
    ]

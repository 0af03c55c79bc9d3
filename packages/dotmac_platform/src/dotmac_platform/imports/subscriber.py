"""One row of a file, read by the rules of a mapping: a subscriber, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Mapping as Row
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dotmac_core_ops.money import round_money
from dotmac_core_ops.months import add_months
from dotmac_platform.imports.mapping import (
    DateColumn,
    ItemRule,
    Mapping,
    Match,
    PaymentRule,
    Translated,
    template_columns,
)

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})?")
_MONTHS = re.compile(r"\d{1,3}")  # up to 83 years
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row was left out: which column, and what is wrong with it."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """A catalogue item of a subscriber; `agreed_price` is None at list price."""

    code: str
    agreed_price: Decimal | None


@dataclass(frozen=True, slots=True)
class PastPayment:
    """Money received before the as-of day."""

    external_id: str
    amount: Decimal
    method: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """All that one row says."""

    line: int
    number: str
    name: str
    email: str | None
    phone: str | None
    tags: tuple[str, ...]
    start_on: date
    end_on: date | None
    items: tuple[Item, ...]
    payments: tuple[PastPayment, ...]


class _CellError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_subscriber(
    row: Row[str, str], line: int, mapping: Mapping, as_of: date
) -> Subscriber | Reject:
    """The subscriber in `row`, or why there is none. Amounts stay exact; nothing is guessed."""
    try:
        return _subscriber(row, line, mapping, as_of)
    except _CellError as error:
        return Reject(line, error.column, error.reason)


def _subscriber(row: Row[str, str], line: int, mapping: Mapping, as_of: date) -> Subscriber:
    rule = mapping.customer
    number = _text(row, rule.number)
    start_on = _start(row, mapping, as_of)
    end = mapping.subscription.end
    end_on = as_of if end is not None and row[end.column].strip() == end.equals else None
    return Subscriber(
        line=line,
        number=number,
        name=_fill(rule.name, row),
        email=_email(row, rule.email) if rule.email else None,
        phone=(row[rule.phone].strip() or None) if rule.phone else None,
        tags=tuple(tag for tag, match in rule.tags.items() if _holds(row, match)),
        start_on=start_on,
        end_on=end_on,
        items=_items(row, mapping),
        payments=tuple(_payments(row, number, mapping.payments)),
    )


def _items(row: Row[str, str], mapping: Mapping) -> tuple[Item, ...]:
    rule = mapping.subscription
    taken = [item for item in rule.items if _holds(row, item)]
    if not taken:
        columns = ", ".join(dict.fromkeys(item.column for item in rule.items))
        raise _CellError(columns, "no catalogue item matches this row")
    if rule.agreed_total is None:
        return tuple(Item(item.code, None) for item in taken)
    total = _amount(row, rule.agreed_total, rule.currency)
    difference = total - sum((item.price for item in taken), Decimal(0))
    if difference == 0:
        return tuple(Item(item.code, None) for item in taken)
    base = next((item for item in taken if item.base), None)
    if base is None:
        raise _CellError(rule.agreed_total, "differs from the list and no item is the base service")
    agreed = base.price + difference
    if agreed < 0:
        raise _CellError(rule.agreed_total, f"leaves {agreed} for {base.code}, less than nothing")
    return tuple(Item(item.code, agreed if item is base else None) for item in taken)


def _payments(row: Row[str, str], number: str, rules: tuple[PaymentRule, ...]) -> list[PastPayment]:
    found = []
    for rule in rules:
        if not row[rule.column].strip():
            continue
        amount = _amount(row, rule.column, None)
        if amount < 0:
            raise _CellError(rule.column, f"{amount} is less than nothing")
        method = rule.method
        kind = _translate(row, method) if isinstance(method, Translated) else method
        if amount:
            found.append(PastPayment(f"{number}:{rule.column}", amount, kind))
    return found


def _start(row: Row[str, str], mapping: Mapping, as_of: date) -> date:
    rule = mapping.subscription.start
    if isinstance(rule, DateColumn):
        text = _text(row, rule.column)
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise _CellError(rule.column, f"{text!r} is not a date (YYYY-MM-DD)") from error
        if day > as_of:
            raise _CellError(rule.column, f"{day} lies after the as-of day {as_of}")
        return day
    text = _text(row, rule.months_before_as_of)
    if not _MONTHS.fullmatch(text):
        raise _CellError(rule.months_before_as_of, f"{text!r} is not a number of months")
    return add_months(as_of, -int(text))


def _amount(row: Row[str, str], column: str, currency: str | None) -> Decimal:
    text = _text(row, column)
    if not _AMOUNT.fullmatch(text):
        raise _CellError(column, f"{text!r} is not an amount (write 1234.50: digits, then a point)")
    amount = Decimal(text)
    if currency is not None and round_money(amount, currency) != amount:
        raise _CellError(column, f"{text} has more digits than {currency} has")
    return amount


def _text(row: Row[str, str], column: str) -> str:
    text = row[column].strip()
    if not text:
        raise _CellError(column, "is blank")
    if "\x00" in text:
        raise _CellError(column, "holds a NUL character")
    return text


def _email(row: Row[str, str], column: str) -> str | None:
    text = row[column].strip()
    if text and not _EMAIL.fullmatch(text):
        raise _CellError(column, f"{text!r} is not an e-mail address")
    return text or None


def _translate(row: Row[str, str], rule: Translated) -> str:
    text = row[rule.column].strip()
    if text not in rule.values:
        raise _CellError(rule.column, f"the mapping has no value for {text!r}")
    return rule.values[text]


def _holds(row: Row[str, str], rule: Match | ItemRule) -> bool:
    return row[rule.column].strip() == rule.equals


def _fill(template: str, row: Row[str, str]) -> str:
    filled = template
    for column in template_columns(template):
        filled = filled.replace("{" + column + "}", row[column].strip())
    return filled

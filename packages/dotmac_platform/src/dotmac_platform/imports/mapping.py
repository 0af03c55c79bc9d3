"""How the columns of a file become customers, subscriptions and payments: the TOML mapping.

`examples/telco.toml` is a worked example; `docs/guides/import.md` explains each key.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Match(_Part):
    """True in rows whose `column` holds exactly `equals`."""

    column: str
    equals: str


class Translated(_Part):
    """The value that stands beside the column's value in `values`; others are refused."""

    column: str
    values: dict[str, str]


class FileFormat(_Part):
    """What the bytes are, and which columns nobody wants."""

    encoding: str = "utf-8-sig"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    ignore: tuple[str, ...] = ()


class CustomerRule(_Part):
    """Who the row is about. `name` may use columns: `"Subscriber {customerID}"`."""

    number: str
    name: str
    kind: Literal["residential", "business"] = "residential"
    email: str | None = None
    phone: str | None = None
    tags: dict[str, Match] = {}


class MonthsBefore(_Part):
    """So many months before the as-of day as `column` says."""

    months_before_as_of: str


class DateColumn(_Part):
    """The day that `column` holds, as YYYY-MM-DD."""

    column: str


class EndRule(_Part):
    """Rows whose `column` holds `equals` end on the as-of day (the first day not served)."""

    column: str
    equals: str


class ItemRule(_Part):
    """A catalogue item that rows matching `column` = `equals` have, at its list price.

    The first matching item marked `base` takes the difference to the row's agreed total.
    """

    code: str
    name: str
    price: Annotated[Decimal, Field(ge=0)]
    column: str
    equals: str
    base: bool = False


class SubscriptionRule(_Part):
    """The plan that all rows are put on, and what of it each row has."""

    plan: str
    plan_name: str
    currency: str = Field(min_length=3, max_length=3)
    cycle: Literal["weekly", "monthly", "quarterly", "semi_annually", "annually"] = "monthly"
    timing: Literal["advance", "arrears"] = "advance"
    start: MonthsBefore | DateColumn
    end: EndRule | None = None
    agreed_total: str | None = None
    items: tuple[ItemRule, ...] = Field(min_length=1)


class PaymentRule(_Part):
    """What was paid in all before the as-of day: one payment, none where the column is blank."""

    column: str
    method: Translated | str = "other"


class Mapping(_Part):
    """A whole mapping file."""

    file: FileFormat = FileFormat()
    customer: CustomerRule
    subscription: SubscriptionRule
    payments: tuple[PaymentRule, ...] = ()

    @model_validator(mode="after")
    def _unique_items(self) -> Mapping:
        codes = [item.code for item in self.subscription.items]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"subscription.items: the code {', '.join(twice)} is used twice")
        return self

    def columns(self) -> set[str]:
        """Every column that a rule reads."""
        customer, subscription = self.customer, self.subscription
        start = subscription.start
        read = {customer.number, *template_columns(customer.name)}
        read |= {column for column in (customer.email, customer.phone) if column}
        read |= {match.column for match in customer.tags.values()}
        read.add(start.column if isinstance(start, DateColumn) else start.months_before_as_of)
        if subscription.end:
            read.add(subscription.end.column)
        if subscription.agreed_total:
            read.add(subscription.agreed_total)
        read |= {item.column for item in subscription.items}
        for payment in self.payments:
            read.add(payment.column)
            if isinstance(payment.method, Translated):
                read.add(payment.method.column)
        return read


def template_columns(template: str) -> list[str]:
    """The columns between braces: `["customerID"]` of `"Subscriber {customerID}"`."""
    return [part.split("}", 1)[0] for part in template.split("{")[1:] if "}" in part]


def describe(error: ValidationError) -> list[str]:
    """What is wrong with a mapping, one sentence per key."""
    problems = []
    for found in error.errors():
        key = ".".join(str(part) for part in found["loc"])
        message = {
            "missing": "the key is missing",
            "extra_forbidden": "there is no such key",
        }.get(found["type"], found["msg"].removeprefix("Value error, "))
        problems.append(f"{key}: {message}" if key else message)
    return problems

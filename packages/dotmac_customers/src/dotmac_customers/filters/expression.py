"""Filters on customers: conditions joined by `all`, `any` and `not`, read from JSON.

```json
{"all": [
  {"field": "state", "op": "eq", "value": "active"},
  {"any": [
    {"field": "tag", "op": "eq", "value": "vip"},
    {"field": "custom.plan", "op": "in", "value": ["gold", "platinum"]}
  ]},
  {"not": {"field": "created_at", "op": "ge", "value": {"days_ago": 90}}}
]}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from dotmac_customers.filters.errors import InvalidFilterError
from dotmac_customers.filters.fields import OPERATORS, Askable, Op, ValueType

DEEPEST = 6
"""How deep `all`, `any` and `not` can be nested."""

MOST_CONDITIONS = 50
"""How many conditions a filter can have."""

MOST_VALUES = 200
LONGEST_VALUE = 200
_MOST_DAYS = 36_500

Value: TypeAlias = "str | bool | UUID | datetime | date | Decimal"


@dataclass(frozen=True, slots=True)
class Condition:
    """One field compared with a value, or with several (`in`)."""

    field: str
    type: ValueType
    op: Op
    value: Value | tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts of which all or any must hold."""

    how: Literal["all", "any"]
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """What must not hold."""

    part: Expression


Expression: TypeAlias = "Condition | Joined | Negated"


def parsed(document: object, fields: Mapping[str, Askable], now: datetime) -> Expression:
    """The filter that `document` (JSON) describes, over what `fields` can be asked about.

    `{"days_ago": 90}` in place of an instant counts back from `now`.

    Raises:
        InvalidFilterError: it is none; the details say where.
    """
    reader = _Reader(fields, now)
    return reader.expression(document, "", 1)


class _Reader:
    def __init__(self, fields: Mapping[str, Askable], now: datetime) -> None:
        self._fields = fields
        self._now = now
        self._conditions = 0

    def expression(self, document: object, path: str, depth: int) -> Expression:
        if depth > DEEPEST:
            raise InvalidFilterError(path, f"is nested more than {DEEPEST} deep.")
        if not isinstance(document, Mapping):
            raise InvalidFilterError(path, "must be an object.")
        keys = set(document)
        for how in ("all", "any"):
            if keys == {how}:
                return self._joined(how, document[how], _under(path, how), depth)
        if keys == {"not"}:
            return Negated(self.expression(document["not"], _under(path, "not"), depth + 1))
        if not keys <= {"field", "op", "value"} or "field" not in keys:
            raise InvalidFilterError(
                path, "must have `all`, `any` or `not`, or `field`, `op` and `value`."
            )
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise InvalidFilterError(path, f"has more than {MOST_CONDITIONS} conditions.")
        return self._condition(document, path)

    def _joined(
        self, how: Literal["all", "any"], parts: object, path: str, depth: int
    ) -> Expression:
        if not isinstance(parts, list | tuple) or not parts:
            raise InvalidFilterError(path, "must be a list with something in it.")
        found = (
            self.expression(part, f"{path}.{place}", depth + 1) for place, part in enumerate(parts)
        )
        return Joined(how, tuple(found))

    def _condition(self, document: Mapping[str, object], path: str) -> Condition:
        name = document["field"]
        field = self._fields.get(name) if isinstance(name, str) else None
        if field is None or not isinstance(name, str):
            raise InvalidFilterError(
                _under(path, "field"), "is not known.", known=sorted(self._fields)
            )
        allowed = OPERATORS[field.type]
        given = document.get("op", Op.EQ.value)
        if given not in {op.value for op in allowed}:
            raise InvalidFilterError(
                _under(path, "op"),
                "does not fit the field.",
                known=sorted(op.value for op in allowed),
            )
        op, place, value = Op(given), _under(path, "value"), document.get("value")
        if op is Op.IS_SET:
            return Condition(name, field.type, op, _boolean(value, place))
        if op is not Op.IN:
            return Condition(name, field.type, op, self._value(field, value, place))
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_VALUES:
            raise InvalidFilterError(place, f"must be a list of 1 to {MOST_VALUES} values.")
        values = tuple(
            self._value(field, one, f"{place}.{number}") for number, one in enumerate(value)
        )
        return Condition(name, field.type, op, values)

    def _value(self, field: Askable, value: object, path: str) -> Value:
        match field.type:
            case ValueType.BOOLEAN:
                return _boolean(value, path)
            case ValueType.NUMBER:
                return _number(value, path)
            case ValueType.ID:
                return _id(value, path)
            case ValueType.DAY:
                return _day(value, path)
            case ValueType.INSTANT:
                return self._instant(value, path)
            case _:
                text = _text(value, path)
                if field.options and text not in field.options:
                    raise InvalidFilterError(
                        path, "is not one of the options.", known=sorted(field.options)
                    )
                return text

    def _instant(self, value: object, path: str) -> datetime:
        if isinstance(value, Mapping):
            days = value.get("days_ago")
            if set(value) != {"days_ago"} or type(days) is not int or not 0 <= days <= _MOST_DAYS:
                raise InvalidFilterError(path, f"`days_ago` is a number from 0 to {_MOST_DAYS}.")
            return self._now - timedelta(days=days)
        try:
            instant = datetime.fromisoformat(_text(value, path))
        except ValueError as error:
            raise InvalidFilterError(path, "must be an instant, or `days_ago`.") from error
        if instant.tzinfo is None:
            raise InvalidFilterError(path, "must have a time zone: write `Z` at the end.")
        return instant


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_VALUE or "\0" in value:
        raise InvalidFilterError(path, f"must be a text of 1 to {LONGEST_VALUE} characters.")
    return value


def _boolean(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidFilterError(path, "must be true or false.")
    return value


def _number(value: object, path: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidFilterError(path, "must be a number.")
    number = Decimal(repr(value))
    if not number.is_finite():
        raise InvalidFilterError(path, "must be a number.")
    return number


def _id(value: object, path: str) -> UUID:
    try:
        return UUID(_text(value, path))
    except ValueError as error:
        raise InvalidFilterError(path, "must be an identifier.") from error


def _day(value: object, path: str) -> date:
    try:
        return date.fromisoformat(_text(value, path))
    except ValueError as error:
        raise InvalidFilterError(path, "must be a day such as 2026-12-31.") from error

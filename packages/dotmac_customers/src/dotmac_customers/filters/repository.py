"""Filters as conditions of a statement. Every name comes from here, every value is a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dotmac_customers.filters.expression import Condition, Expression, Joined, Negated, Value
from dotmac_customers.filters.fields import CUSTOM, Op, ValueType
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.search_terms import TAG

_OF_ADDRESS = frozenset({"country", "city", "region", "postal_code"})
_SIGNS = {Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_FALSE_UNLESS_KNOWN = "COALESCE({}, false)"


@dataclass
class Parameters:
    """The parameters of a statement that is being put together."""

    values: list[object] = field(default_factory=list)

    def place(self, value: object) -> str:
        """The name of a further parameter."""
        self.values.append(value)
        return f"${len(self.values)}"


def where(expression: Expression, parameters: Parameters) -> str:
    """The condition on a customer `c`: true or false of each, never unknown."""
    match expression:
        case Condition(type=ValueType.TAG):
            # Known of everybody; and left as it is, PostgreSQL begins with those who have the tag.
            return _tag(expression, parameters)
        case Condition():
            return _FALSE_UNLESS_KNOWN.format(_condition(expression, parameters))
        case Joined():
            word = " AND " if expression.how == "all" else " OR "
            return f"({word.join(where(part, parameters) for part in expression.parts)})"
        case Negated():
            return f"NOT {where(expression.part, parameters)}"


def where_target(target: Target, parameters: Parameters) -> str:
    """The condition on a customer `c` to be one of those that `target` means.

    Who was merged into another or erased is none of them.
    """
    parts = ["c.merged_into_id IS NULL AND c.erased_at IS NULL"]
    if target.customer_ids is not None:
        ids = parameters.place(list(target.customer_ids))
        parts.append(f"c.id IN (SELECT * FROM unnest({ids}::uuid[]))")  # noqa: S608 - a parameter
    if target.list_id is not None:
        parts.append(on_list(parameters.place(target.list_id)))
    if target.expression is not None:
        parts.append(where(target.expression, parameters))
    return " AND ".join(parts)


def on_list(place: str) -> str:
    """The condition on a customer `c` to be on the list whose id is the parameter `place`."""
    return (
        "c.id IN (SELECT customer_id FROM customers.segment_members "  # noqa: S608 - a parameter
        f"WHERE segment_id = {place})"
    )


def _condition(asked: Condition, parameters: Parameters) -> str:
    if asked.field.startswith(CUSTOM):
        return _custom(asked, parameters)
    if asked.field in _OF_ADDRESS:
        return _address(asked, parameters)
    # One of the names in `fields.FIELDS`; the parser lets no other through.
    return _compared(f"c.{asked.field}", asked, parameters)


def _compared(
    column: str, asked: Condition, parameters: Parameters, as_is: Callable[[str], str] = str
) -> str:
    if asked.op is Op.IS_SET:
        return f"{column} IS {'NOT ' if asked.value else ''}NULL"
    if asked.type is ValueType.TEXT:
        return _text(column, asked, parameters)
    if isinstance(asked.value, tuple):
        places = ", ".join(as_is(parameters.place(value)) for value in asked.value)
        return f"{column} IN ({places})"
    place = as_is(parameters.place(asked.value))
    if asked.op is Op.NE:
        return f"{column} IS DISTINCT FROM {place}"
    return f"{column} {_SIGNS.get(asked.op, '=')} {place}"


def _text(column: str, asked: Condition, parameters: Parameters) -> str:
    # Case does not count, as in search.
    values = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    places = [parameters.place(str(value).lower()) for value in values]
    lower = f"lower({column})"
    match asked.op:
        case Op.BEGINS:
            return f"starts_with({lower}, {places[0]})"
        case Op.CONTAINS:
            return f"strpos({lower}, {places[0]}) > 0"
        case Op.NE:
            return f"{lower} IS DISTINCT FROM {places[0]}"
        case _:
            return f"{lower} IN ({', '.join(places)})"


def _tag(asked: Condition, parameters: Parameters) -> str:
    values = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    places = ", ".join(parameters.place(value) for value in values)
    found = (
        "c.id IN (SELECT customer_id FROM customers.search_terms "  # noqa: S608 - parameters only
        f"WHERE kind = {TAG} AND term IN ({places}))"
    )
    return f"NOT {found}" if asked.op is Op.NE else found


def _address(asked: Condition, parameters: Parameters) -> str:
    # Of the postal address, the one that the profile shows.
    postal = (
        "SELECT FROM customers.addresses a "
        "WHERE a.customer_id = c.id AND a.kind = 'mailing' AND a.is_primary"
    )
    column = f"a.{asked.field}"
    if asked.op is Op.NE:
        same = Condition(asked.field, asked.type, Op.EQ, asked.value)
        return f"NOT EXISTS ({postal} AND {_text(column, same, parameters)})"
    if asked.op is Op.IS_SET:
        found = f"EXISTS ({postal} AND {column} IS NOT NULL)"
        return found if asked.value else f"NOT {found}"
    return f"EXISTS ({postal} AND {_text(column, asked, parameters)})"


def _custom(asked: Condition, parameters: Parameters) -> str:
    key = parameters.place(asked.field.removeprefix(CUSTOM))
    text = f"(c.custom_fields ->> {key}::text)"
    if asked.op is Op.IS_SET:
        return f"{text} IS {'NOT ' if asked.value else ''}NULL"
    match asked.type:
        case ValueType.NUMBER:
            # The type stands in the condition: another order of evaluation would fail on a text.
            typed = f"jsonb_typeof(c.custom_fields -> {key}::text)"
            column = f"(CASE WHEN {typed} = 'number' THEN {text}::numeric END)"
            return _compared(column, asked, parameters, lambda place: f"{place}::numeric")
        case ValueType.DAY:
            # Days are written so that their order is that of their texts.
            return _compared(text, _as_text(asked), parameters)
        case ValueType.BOOLEAN:
            return _compared(text, _as_text(asked), parameters)
        case ValueType.CHOICES:
            return _chosen(f"(c.custom_fields -> {key}::text)", asked, parameters)
        case _:
            return _compared(text, asked, parameters)


def _chosen(column: str, asked: Condition, parameters: Parameters) -> str:
    values = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    found = " OR ".join(f"{column} ? {parameters.place(value)}::text" for value in values)
    return f"NOT COALESCE({found}, false)" if asked.op is Op.NE else f"({found})"


def _as_text(asked: Condition) -> Condition:
    values = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    texts = tuple(_plain(value) for value in values)
    value = texts if isinstance(asked.value, tuple) else texts[0]
    return Condition(asked.field, ValueType.CHOICE, asked.op, value)


def _plain(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

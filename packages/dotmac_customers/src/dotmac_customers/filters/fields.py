"""What a filter can ask about a customer, and with which operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType

from dotmac_customers.profiles.profile import CustomerKind, Level
from dotmac_customers.profiles.states import CustomerState, Reason
from dotmac_identity import FieldDefinition, FieldType


class ValueType(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    ID = "id"
    INSTANT = "instant"
    TAG = "tag"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"


class Op(StrEnum):
    """How a value is compared.

    `lt` is before, `ge` at or after; `is_set` takes true or false. A value that is missing differs
    from every other (`ne`), and is neither before nor after any.
    """

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BEGINS = "begins"
    CONTAINS = "contains"
    IS_SET = "is_set"


_EQUAL = (Op.EQ, Op.NE, Op.IN)
_ORDER = (Op.LT, Op.LE, Op.GT, Op.GE)
OPERATORS: Mapping[ValueType, frozenset[Op]] = MappingProxyType(
    {
        ValueType.TEXT: frozenset({*_EQUAL, Op.BEGINS, Op.CONTAINS, Op.IS_SET}),
        ValueType.CHOICE: frozenset({*_EQUAL, Op.IS_SET}),
        ValueType.CHOICES: frozenset({*_EQUAL, Op.IS_SET}),
        ValueType.ID: frozenset({*_EQUAL, Op.IS_SET}),
        ValueType.INSTANT: frozenset({*_ORDER, Op.IS_SET}),
        ValueType.TAG: frozenset(_EQUAL),
        ValueType.NUMBER: frozenset({*_EQUAL, *_ORDER, Op.IS_SET}),
        ValueType.BOOLEAN: frozenset({Op.EQ, Op.NE, Op.IS_SET}),
        ValueType.DAY: frozenset({*_EQUAL, *_ORDER, Op.IS_SET}),
    }
)
"""Which operators make sense for which values."""

CUSTOM = "custom."
"""Before the key of a custom field: `custom.plan`."""


@dataclass(frozen=True, slots=True)
class Askable:
    """A field that a filter can name; `options` are all values it can have, where they are few."""

    type: ValueType
    options: frozenset[str] = frozenset()


def _choice(kind: type[Enum]) -> Askable:
    return Askable(ValueType.CHOICE, frozenset(str(one.value) for one in kind))


FIELDS: Mapping[str, Askable] = MappingProxyType(
    {
        "state": _choice(CustomerState),
        "state_reason": _choice(Reason),
        "kind": _choice(CustomerKind),
        "level": _choice(Level),
        "tag": Askable(ValueType.TAG),
        **dict.fromkeys(
            (
                *("name", "number", "email", "phone", "external_id", "given_name", "family_name"),
                *("company_name", "tax_id", "registration_number", "language", "currency"),
                *("time_zone", "country", "city", "region", "postal_code"),
            ),
            Askable(ValueType.TEXT),
        ),
        **dict.fromkeys(("parent_id", "assignee_id"), Askable(ValueType.ID)),
        **dict.fromkeys(
            ("created_at", "updated_at", "state_since_at", "activated_at", "churned_at"),
            Askable(ValueType.INSTANT),
        ),
    }
)
"""What every tenant can ask about."""

_OF_CUSTOM = {
    FieldType.TEXT: ValueType.TEXT,
    FieldType.URL: ValueType.TEXT,
    FieldType.EMAIL: ValueType.TEXT,
    FieldType.NUMBER: ValueType.NUMBER,
    FieldType.INTEGER: ValueType.NUMBER,
    FieldType.BOOLEAN: ValueType.BOOLEAN,
    FieldType.DATE: ValueType.DAY,
    FieldType.CHOICE: ValueType.CHOICE,
    FieldType.CHOICES: ValueType.CHOICES,
}


def askable_fields(definitions: Iterable[FieldDefinition]) -> Mapping[str, Askable]:
    """What a tenant with these custom fields can ask about, by name."""
    custom = {
        f"{CUSTOM}{field.key}": Askable(_OF_CUSTOM[field.type], frozenset(field.options))
        for field in definitions
        if not field.is_archived
    }
    return {**FIELDS, **custom}

"""A field that a tenant has added to a kind of thing, and which definitions make sense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from uuid import UUID

from pydantic_core import SchemaError, SchemaValidator, core_schema

from dotmac_identity.custom_fields.errors import InvalidFieldDefinitionError

LONGEST_TEXT = 2_000
"""Characters in a text without a maximum of its own."""

MOST_OPTIONS = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")


class FieldType(StrEnum):
    """What a value of the field is."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    URL = "url"
    EMAIL = "email"


CHOOSING = frozenset({FieldType.CHOICE, FieldType.CHOICES})
"""Types whose values come from a list of options."""

_NUMERIC = frozenset({FieldType.NUMBER, FieldType.INTEGER})

Bound = Decimal | date
"""An end of what is allowed, itself included."""


@dataclass(frozen=True)
class NewField:
    """A field to be defined. `minimum` and `maximum` are text, read as `FieldDefinition` says."""

    key: str
    label: str
    type: FieldType
    help: str = ""
    is_required: bool = False
    options: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    default: object = None
    is_searchable: bool = False
    is_portal_visible: bool = False


@dataclass(frozen=True)
class FieldDefinition:
    """A field of a kind of thing (`entity`), in the order of `position`.

    `minimum` and `maximum` are included: of a number its value, of a date its day, of a text its
    length in characters, of choices how many. `pattern` is what a text must be from its beginning
    to its end, in the syntax of Rust's `regex`, which takes linear time whatever the text is.
    """

    id: UUID
    entity: str
    key: str
    label: str
    type: FieldType
    help: str = ""
    is_required: bool = False
    options: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    default: object = None
    is_searchable: bool = False
    is_portal_visible: bool = False
    position: int = 0
    is_archived: bool = False
    version: int = 1


def checked_key(key: str) -> str:
    """`key`, if values can be kept under it.

    Raises:
        InvalidFieldDefinitionError: not 1 to 63 lower-case letters, digits and underscores.
    """
    if _KEY.fullmatch(key) is None:
        raise InvalidFieldDefinitionError(
            "key", "A key has 1 to 63 lower-case letters, digits and underscores."
        )
    return key


def bound_of(kind: FieldType, name: str, text: str | None) -> Bound | None:
    """`text` as an end of what a field of that type allows.

    Raises:
        InvalidFieldDefinitionError: it is none, or the type has no such end.
    """
    if text is None:
        return None
    if kind in {FieldType.BOOLEAN, FieldType.CHOICE, FieldType.URL, FieldType.EMAIL}:
        raise InvalidFieldDefinitionError(name, f"A field of type {kind.value} has no {name}.")
    try:
        if kind is FieldType.DATE:
            return date.fromisoformat(text)
        bound = Decimal(text)
    except (ValueError, InvalidOperation) as error:
        expected = "a day such as 2026-12-31" if kind is FieldType.DATE else "a number"
        raise InvalidFieldDefinitionError(name, f"Write {expected}.") from error
    if not bound.is_finite() or (kind is not FieldType.NUMBER and bound != int(bound)):
        raise InvalidFieldDefinitionError(name, "Write a whole number.")
    if kind not in _NUMERIC and bound < 0:
        raise InvalidFieldDefinitionError(name, "A length is not negative.")
    return bound


def checked_bounds(
    kind: FieldType, minimum: str | None, maximum: str | None
) -> tuple[Bound | None, Bound | None]:
    """Both ends of what is allowed.

    Raises:
        InvalidFieldDefinitionError: one is none for this type, or the maximum lies below.
    """
    low, high = bound_of(kind, "minimum", minimum), bound_of(kind, "maximum", maximum)
    # Both are of one type, which follows from `kind`.
    if low is not None and high is not None and low > high:  # type: ignore[operator] # see above
        raise InvalidFieldDefinitionError("maximum", "The maximum lies below the minimum.")
    return low, high


def checked_options(kind: FieldType, options: Sequence[str]) -> tuple[str, ...]:
    """`options` without space around them, for the types that choose.

    Raises:
        InvalidFieldDefinitionError: none where some are needed, some where none are, one twice,
            an empty one, or more than 200.
    """
    cleaned = tuple(option.strip() for option in options)
    if (kind in CHOOSING) != bool(cleaned):
        wanted = "needs options" if kind in CHOOSING else "has no options"
        raise InvalidFieldDefinitionError("options", f"A field of type {kind.value} {wanted}.")
    if len(set(cleaned)) != len(cleaned) or "" in cleaned or len(cleaned) > MOST_OPTIONS:
        raise InvalidFieldDefinitionError(
            "options", f"Options are different, not empty, and at most {MOST_OPTIONS}."
        )
    return cleaned


def checked_pattern(kind: FieldType, pattern: str | None) -> str | None:
    """`pattern`, if it is one and the type has one.

    Raises:
        InvalidFieldDefinitionError: it is none, or the field is no text.
    """
    if pattern is None:
        return None
    if kind is not FieldType.TEXT:
        raise InvalidFieldDefinitionError("pattern", "Only a text has a pattern.")
    try:
        whole_text(pattern)
    except SchemaError as error:
        raise InvalidFieldDefinitionError(
            "pattern", "This is not a regular expression without look-around or back-references."
        ) from error
    return pattern


def whole_text(pattern: str) -> SchemaValidator:
    """Checks that a text is `pattern` from its beginning to its end, in linear time.

    Raises:
        SchemaError: `pattern` is not a regular expression.
    """
    return SchemaValidator(core_schema.str_schema(pattern=rf"\A(?:{pattern})\z"))

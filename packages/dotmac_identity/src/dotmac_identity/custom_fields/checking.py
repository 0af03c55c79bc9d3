"""Are values what their fields' definitions ask for?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import HttpUrl, TypeAdapter, ValidationError
from pydantic_core import ValidationError as CoreValidationError

from dotmac_identity.custom_fields.errors import FieldProblem, InvalidCustomFieldsError
from dotmac_identity.custom_fields.fields import (
    LONGEST_TEXT,
    FieldDefinition,
    FieldType,
    whole_text,
)
from dotmac_identity.users.emails import InvalidEmailError, normalised_email

_EXACT_DIGITS = 15  # more would not survive a reader that takes JSON numbers as doubles
_EXACT_INTEGER = 2**53 - 1
_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


class _WrongValueError(Exception):
    """A value that does not fit; becomes a problem of its field."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def checked_values(
    definitions: Iterable[FieldDefinition],
    values: Mapping[str, object],
    *,
    partial: bool,
    root: str = "custom_fields",
) -> dict[str, object]:
    """`values` as they are stored: JSON values by key.

    Whole (`partial` false): what is missing gets its default, or is missed if it is required;
    None counts as missing. Partial: only what is given is looked at, and None stays, to say that
    the value goes (see `merged_values`). Days are ISO text, an e-mail address is in lower case.

    Raises:
        InvalidCustomFieldsError: with a path such as `custom_fields.colour` for each problem.
    """
    fields = {field.key: field for field in definitions if not field.is_archived}
    problems = [
        FieldProblem(f"{root}.{key}", "unknown_field", "There is no such field.")
        for key in values
        if key not in fields
    ]
    checked: dict[str, object] = {}
    for key, field in fields.items():
        if partial and key not in values:
            continue
        value = values.get(key)
        if value is None and not partial:
            value = field.default
        try:
            if value is None or value in ("", []):
                _require_dispensable(field)
                if partial:
                    checked[key] = None
                continue
            checked[key] = _CHECKS[field.type](field, value)
        except _WrongValueError as wrong:
            problems.append(FieldProblem(f"{root}.{key}", wrong.code, wrong.message))
    if problems:
        raise InvalidCustomFieldsError(problems)
    return checked


def merged_values(
    present: Mapping[str, object], changes: Mapping[str, object]
) -> dict[str, object]:
    """`present` with the checked `changes`; those that are None are gone."""
    merged = {**present, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def searchable_texts(
    definitions: Iterable[FieldDefinition], values: Mapping[str, object]
) -> list[str]:
    """What a thing with these values is found by, one text for each searchable value."""
    found: list[str] = []
    for field in definitions:
        value = values.get(field.key)
        if not field.is_searchable or field.is_archived or value is None:
            continue
        found += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return found


def portal_values(
    definitions: Iterable[FieldDefinition], values: Mapping[str, object]
) -> dict[str, object]:
    """The values that a customer may see in the portal."""
    visible = {f.key for f in definitions if f.is_portal_visible and not f.is_archived}
    return {key: value for key, value in values.items() if key in visible}


def _require_dispensable(field: FieldDefinition) -> None:
    if field.is_required:
        raise _WrongValueError("required", f"{field.label} is needed.")


def _text(field: FieldDefinition, value: object) -> str:
    if not isinstance(value, str):
        raise _WrongValueError("not_text", "Write a text.")
    text = value.strip()
    if "\0" in text:
        raise _WrongValueError("invalid_character", "Text must not contain a NUL character.")
    longest = LONGEST_TEXT if field.maximum is None else int(str(field.maximum))
    if len(text) > longest:
        raise _WrongValueError("too_long", f"At most {longest} characters.")
    if isinstance(field.minimum, Decimal) and len(text) < field.minimum:
        raise _WrongValueError("too_short", f"At least {field.minimum} characters.")
    if field.pattern is not None:
        try:
            whole_text(field.pattern).validate_python(text)
        except CoreValidationError as error:
            raise _WrongValueError("pattern", "It has not the form that is asked for.") from error
    return text


def _number(field: FieldDefinition, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _WrongValueError("not_a_number", "Write a number.")
    try:
        # The shortest text of a double is what the client wrote.
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation as error:
        raise _WrongValueError("not_a_number", "Write a number.") from error
    if not number.is_finite():
        raise _WrongValueError("not_a_number", "Write a number.")
    if len(number.normalize().as_tuple().digits) > _EXACT_DIGITS or abs(number) > _EXACT_INTEGER:
        raise _WrongValueError("too_many_digits", f"At most {_EXACT_DIGITS} digits are kept.")
    _require_between(field, number)
    return int(number) if number == number.to_integral_value() else float(number)


def _integer(field: FieldDefinition, value: object) -> int:
    number = _number(field, value)
    if isinstance(number, float):
        raise _WrongValueError("not_an_integer", "Write a whole number.")
    return number


def _boolean(_: FieldDefinition, value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError("not_a_boolean", "Write true or false.")
    return value


def _date(field: FieldDefinition, value: object) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise _WrongValueError("not_a_date", "Write a day such as 2026-12-31.") from error
    _require_between(field, day)
    return day.isoformat()


def _choice(field: FieldDefinition, value: object) -> str:
    if value not in field.options:
        raise _WrongValueError("not_an_option", f"One of: {', '.join(field.options)}.")
    return str(value)


def _choices(field: FieldDefinition, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _WrongValueError("not_a_list", "Write a list of options.")
    for one in value:
        _choice(field, one)
    chosen = [option for option in field.options if option in value]
    _require_between(field, Decimal(len(chosen)))
    return chosen


def _url(_: FieldDefinition, value: object) -> str:
    try:
        _URL.validate_python(value)
    except ValidationError as error:
        raise _WrongValueError(
            "not_a_url", "Write an address such as https://example.com."
        ) from error
    return str(value)


def _email(_: FieldDefinition, value: object) -> str:
    try:
        return normalised_email(str(value))
    except InvalidEmailError as error:
        raise _WrongValueError("not_an_email", "This is not an e-mail address.") from error


def _require_between(field: FieldDefinition, value: Decimal | date) -> None:
    # Bounds and value are of one type, which follows from the type of the field.
    low, high = field.minimum, field.maximum
    if low is not None and value < low:  # type: ignore[operator] # see above
        raise _WrongValueError("too_low", f"At least {low}.")
    if high is not None and value > high:  # type: ignore[operator] # see above
        raise _WrongValueError("too_high", f"At most {high}.")


_CHECKS: Mapping[FieldType, Callable[[FieldDefinition, object], object]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.INTEGER: _integer,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.URL: _url,
    FieldType.EMAIL: _email,
}

"""Under which key a method's result is kept. Pure."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID


def key_name(method_name: str) -> str:
    """`customer_profile` for `get_customer_profile`."""
    return method_name.removeprefix("get_")


def result_key(
    name: str, signature: inspect.Signature, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> str:
    """`customer_profile:{id}` for a call `get_customer_profile(id)`; `self` is not among `args`.

    Arguments stand in the order of the signature, however they were passed; trailing ones that
    equal their default are left out, so that one result has one key.

    Raises:
        TypeError: an argument is not a text, number, id, date, enum member or None.
    """
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    values = list(bound.arguments.items())
    while values and values[-1][1] == signature.parameters[values[-1][0]].default:
        values.pop()
    return ":".join((name, *(_part(value) for _, value in values)))


def _part(value: object) -> str:
    match value:
        case None:
            return "%none"  # no text becomes this: `%` is escaped
        case Enum():
            return _part(value.value)
        case str():
            return value.replace("%", "%25").replace(":", "%3A")
        case bool() | int() | Decimal() | UUID():
            return str(value)
        case date():
            return _part(value.isoformat())
        case _:
            raise TypeError(f"{type(value).__name__} cannot be part of a cache key.")

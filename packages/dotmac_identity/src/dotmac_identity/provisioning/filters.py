"""Filters of lists, as far as directories send them: comparisons with `eq`, joined by `and`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dotmac_identity.provisioning.attribute_names import without_urn
from dotmac_identity.provisioning.errors import InvalidScimFilterError

USER_ATTRIBUTES = {
    "id": "id",
    "username": "userName",
    "externalid": "externalId",
    "emails": "emails.value",
    "emails.value": "emails.value",
    'emails[type eq "work"].value': "emails.value",
    "active": "active",
}
"""What users are found by: as it is written in lower case, and the one name for it."""

GROUP_ATTRIBUTES = {
    "id": "id",
    "displayname": "displayName",
    "members": "members.value",
    "members.value": "members.value",
}
"""What groups are found by."""

_COMPARISON = re.compile(
    r'\s*([^\s"\[]+(?:\[[^\]]*\][^\s"\[]*)?)\s+([a-z]+)\s+("(?:[^"\\]|\\.)*"|true|false)\s*',
    re.IGNORECASE,
)
_AND = re.compile(r"and\s", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """An attribute, by its one name, that has to be equal to a value."""

    attribute: str
    value: str | bool


def read_filter(text: str, attributes: Mapping[str, str]) -> tuple[Condition, ...]:
    """What `text` asks for, all of it at once; `attributes` are those that can be asked for.

    `userName eq "ann@example.com" and active eq true` is two conditions. Names and operators are
    read in any case, as RFC 7644 section 3.4.2.2 wants; `active` also with `"True"`.

    Raises:
        InvalidScimFilterError: it cannot be read, or holds another operator or attribute.
    """
    supported = ", ".join(sorted(set(attributes.values())))
    conditions = []
    position = 0
    while True:
        found = _COMPARISON.match(text, position)
        if found is None or found[2].lower() != "eq":
            raise InvalidScimFilterError(supported)
        attribute = attributes.get(re.sub(r"\s+", " ", without_urn(found[1]).lower()))
        if attribute is None:
            raise InvalidScimFilterError(supported)
        conditions.append(Condition(attribute, _value(attribute, found[3], supported)))
        position = found.end()
        if position == len(text):
            return tuple(conditions)
        joined = _AND.match(text, position)
        if joined is None:
            raise InvalidScimFilterError(supported)
        position = joined.end()


def _value(attribute: str, literal: str, supported: str) -> str | bool:
    text = literal
    if literal.startswith('"'):
        try:
            text = json.loads(literal, strict=False)
            text.encode()  # half of a surrogate pair is no text, and in no database
        except ValueError as error:
            raise InvalidScimFilterError(supported) from error
    if attribute != "active":
        return text
    if text.lower() not in {"true", "false"}:
        raise InvalidScimFilterError(supported)
    return text.lower() == "true"

"""Who is a member of a group after what a directory says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dotmac_identity.provisioning.attribute_names import folded, without_urn
from dotmac_identity.provisioning.errors import (
    InvalidScimMessageError,
    InvalidScimPathError,
    InvalidScimValueError,
    NoPatchTargetError,
    ReadOnlyAttributeError,
)

_ONE = re.compile(r'members\[\s*value\s+eq\s+"([^"]*)"\s*\](?:\.value)?', re.IGNORECASE)
_PATH = re.compile(r"[a-z$][\w$.:-]*", re.IGNORECASE)
_READ_ONLY = frozenset({"id", "meta", "schemas"})


def members_in(document: Mapping[str, Any], name: str) -> frozenset[UUID]:
    """Whom `document`, a whole group, names; `name` is how the group is called and stays called.

    Raises:
        ReadOnlyAttributeError: it would be called otherwise.
        InvalidScimMessageError, InvalidScimValueError: a member is none.
    """
    values = folded(document)
    _require_name(values.get("displayname", name), name)
    return _identifiers(values.get("members"))


def members_after(
    present: frozenset[UUID], operations: Sequence[Mapping[str, Any]], name: str
) -> frozenset[UUID]:
    """Who is a member once `operations` are done to a group with the members `present`.

    Raises:
        ReadOnlyAttributeError: the group would be called otherwise.
        InvalidScimPathError, NoPatchTargetError: an operation is about nothing there is.
        InvalidScimMessageError, InvalidScimValueError: a member is none.
    """
    members = present
    for operation in operations:
        kind, path, value = operation["op"], operation["path"], operation["value"]
        if path is not None:
            members = _at(members, kind, path, value, name)
            continue
        if kind == "remove":
            raise NoPatchTargetError("")
        if not isinstance(value, Mapping):
            raise InvalidScimMessageError("Without a path, value is an object.")
        for attribute, part in value.items():
            # Okta repeats the identifier of the group in the value.
            if without_urn(attribute).lower() not in _READ_ONLY:
                members = _at(members, kind, attribute, part, name)
    return members


def _at(
    members: frozenset[UUID],
    kind: str,
    path: str,
    value: Any,  # noqa: ANN401 (any JSON)
    name: str,
) -> frozenset[UUID]:
    attribute = without_urn(path).strip()
    if chosen := _ONE.fullmatch(attribute):
        if kind != "remove":
            raise InvalidScimPathError(path)
        return members - _identifiers(chosen[1])
    if _PATH.fullmatch(attribute) is None:
        raise InvalidScimPathError(path)
    match attribute.lower():
        case "members" if kind == "remove":
            # With a value Entra ID means those, without one everybody is meant.
            return frozenset() if value is None else members - _identifiers(value)
        case "members":
            return (members if kind == "add" else frozenset()) | _identifiers(value)
        case "displayname":
            _require_name(None if kind == "remove" else value, name)
        case "id" | "meta" | "schemas":
            raise ReadOnlyAttributeError(attribute)
    return members


def _require_name(given: object, name: str) -> None:
    if not isinstance(given, str) or given.lower() != name.lower():
        raise ReadOnlyAttributeError("displayName")


def _identifiers(value: Any) -> frozenset[UUID]:  # noqa: ANN401 (any JSON)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return frozenset(_identifier(one) for one in listed)


def _identifier(member: object) -> UUID:
    given = folded(member).get("value") if isinstance(member, Mapping) else member
    try:
        return UUID(given if isinstance(given, str) else "")
    except ValueError as error:
        raise InvalidScimValueError("members", "each is the id of a user") from error

"""What the operations of a PATCH make of a document (RFC 7644, section 3.5.2).

Directories take liberties with it, and all that are taken here are read: `op` in any case, `value`
without a path with names such as `name.familyName` or whole paths in it, and attributes that are
not kept here, which are passed over as they are in a POST.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from dotmac_identity.provisioning.attribute_names import folded, without_urn
from dotmac_identity.provisioning.errors import (
    InvalidScimMessageError,
    InvalidScimPathError,
    InvalidScimValueError,
    NoPatchTargetError,
    ReadOnlyAttributeError,
)

MOST_OPERATIONS = 1_000

_OPERATIONS = frozenset({"add", "replace", "remove"})
_SIMPLE = {
    "username": "userName",
    "externalid": "externalId",
    "displayname": "displayName",
    "active": "active",
    "locale": "locale",
    "timezone": "timezone",
}
_NAMES = {"givenname": "givenName", "familyname": "familyName", "formatted": "formatted"}
_REQUIRED = frozenset({"username", "active", "emails"})
_READ_ONLY = frozenset({"id", "meta", "schemas", "groups"})
_PATH = re.compile(r"([a-z$][\w$-]*)(?:\[([^\]]*)\])?(?:\.([a-z$][\w$-]*))?", re.IGNORECASE)
_CHOICE = re.compile(r'\s*(type|value|primary)\s+eq\s+"?([^"]*?)"?\s*', re.IGNORECASE)


def operations_of(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The operations of a PATCH, their member names in lower case.

    Raises:
        InvalidScimMessageError: there are none or too many, or one is no operation.
    """
    listed = folded(message).get("operations")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_OPERATIONS:
        raise InvalidScimMessageError(
            f"Operations is a list of 1 to {MOST_OPERATIONS} objects with op, path and value."
        )
    return [_operation(one) for one in listed]


def _operation(one: object) -> dict[str, Any]:
    operation = folded(one) if isinstance(one, Mapping) else {}
    kind, path = operation.get("op"), operation.get("path")
    if not isinstance(kind, str) or kind.lower() not in _OPERATIONS:
        raise InvalidScimMessageError("op is add, replace or remove.")
    if not isinstance(path, str | None):
        raise InvalidScimMessageError("path is a text.")
    return {"op": kind.lower(), "path": path, "value": operation.get("value")}


def patched(document: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`document` (of `document_of`) after `operations`, in their order, all of them or none.

    `emails` is in it only where an operation was about it.

    Raises:
        InvalidScimPathError: a path cannot be read.
        ReadOnlyAttributeError: it would change what is the server's, or remove what is needed.
        NoPatchTargetError: it would change a value that is not there, or remove nothing in
            particular.
        InvalidScimValueError, InvalidScimMessageError: a value is of the wrong kind.
    """
    patch = _Patch(deepcopy(dict(document)))
    for operation in operations:
        patch.do(operation["op"], operation["path"], operation["value"])
    if not patch.is_about_emails:
        del patch.document["emails"]
    return patch.document


class _Patch:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.is_about_emails = False

    def do(self, kind: str, path: str | None, value: Any) -> None:  # noqa: ANN401 (any JSON)
        if path is not None:
            self._at(kind, path, value)
            return
        if kind == "remove":
            raise NoPatchTargetError("")
        if not isinstance(value, Mapping):
            raise InvalidScimMessageError("Without a path, value is an object.")
        for name, part in value.items():
            # In a whole document the server's own attributes are repeated, and mean nothing.
            if without_urn(name).lower() not in _READ_ONLY:
                self._at(kind, name, part)

    def _at(self, kind: str, path: str, value: Any) -> None:  # noqa: ANN401 (any JSON)
        if path.lower().startswith("urn:") and without_urn(path) == path:
            return  # an extension; none is kept here
        found = _PATH.fullmatch(without_urn(path).strip())
        if found is None:
            raise InvalidScimPathError(path)
        name, choice, part = found[1].lower(), found[2], (found[3] or "").lower()
        if name in _READ_ONLY:
            raise ReadOnlyAttributeError(found[1])
        if name == "emails":
            self._emails(kind, path, choice, value)
        elif name == "name":
            self._name(kind, part, value)
        elif name in _SIMPLE:
            if kind == "remove" and name in _REQUIRED:
                raise ReadOnlyAttributeError(found[1])
            self.document[_SIMPLE[name]] = None if kind == "remove" else value

    def _name(self, kind: str, part: str, value: Any) -> None:  # noqa: ANN401 (any JSON)
        if part:
            values = {part: None if kind == "remove" else value}
        elif kind == "remove":
            values = dict.fromkeys(_NAMES)
        elif isinstance(value, Mapping):
            values = folded(value)
        else:
            raise InvalidScimMessageError("name is an object with givenName and familyName.")
        for name, given in values.items():
            if name in _NAMES:
                self.document["name"][_NAMES[name]] = given

    def _emails(
        self,
        kind: str,
        path: str,
        choice: str | None,
        value: Any,  # noqa: ANN401 (any JSON)
    ) -> None:
        self.is_about_emails = True
        emails: list[Any] = self.document["emails"]
        if choice is None:
            given = _listed(value)
            if kind == "add" and any(_is_primary(one) for one in given):
                emails = [{**one, "primary": False} for one in emails]
            kept = emails if kind == "add" else []
            self.document["emails"] = [*kept, *([] if kind == "remove" else given)]
        else:
            self.document["emails"] = _chosen(kind, path, choice, emails, value)
        if not self.document["emails"]:
            raise ReadOnlyAttributeError("emails")


def _listed(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 (any JSON)
    found = [
        {"value": one} if isinstance(one, str) else one
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]
    if not all(isinstance(one, Mapping) for one in found):
        raise InvalidScimValueError("emails", "each is an object with value and type")
    return [folded(one) for one in found]


def _is_primary(email: Mapping[str, Any]) -> bool:
    return str(email.get("primary")).lower() == "true"


def _chosen(
    kind: str,
    path: str,
    choice: str,
    emails: Sequence[Mapping[str, Any]],
    value: Any,  # noqa: ANN401 (any JSON)
) -> list[dict[str, Any]]:
    """The e-mails after an operation about those that `choice`, such as `type eq "work"`, means."""
    wanted = _CHOICE.fullmatch(choice)
    if wanted is None:
        raise InvalidScimPathError(path)
    attribute, text = wanted[1].lower(), wanted[2].lower()
    meant = [str(one.get(attribute)).lower() == text for one in emails]
    if not any(meant) and kind != "add":
        raise NoPatchTargetError(path)
    given = folded(value) if isinstance(value, Mapping) else {"value": value}
    if not any(meant):
        return [*map(dict, emails), {attribute: text, **given}]
    if kind == "remove":
        return [dict(one) for one, is_meant in zip(emails, meant, strict=True) if not is_meant]
    return [
        {**one, **given} if is_meant else dict(one)
        for one, is_meant in zip(emails, meant, strict=True)
    ]

"""Refusals as SCIM has them (RFC 7644, section 3.12)."""

from __future__ import annotations

from typing import Any

from dotmac_core_ops.dialect import Dialect
from dotmac_core_ops.errors import DomainError, InvalidError

MEDIA_TYPE = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

_BAD_REQUEST = 400
# Table 9 there; what is refused with 400 and not listed has a value that cannot be used.
_SCIM_TYPES = {
    "ALREADY_EXISTS": "uniqueness",
    "EMAIL_TAKEN": "uniqueness",
    "USER_NAME_TAKEN": "uniqueness",
    "INVALID_SCIM_FILTER": "invalidFilter",
    "INVALID_SCIM_MESSAGE": "invalidSyntax",
    "MALFORMED_JSON": "invalidSyntax",
    "MALFORMED_BODY": "invalidSyntax",
    "INVALID_SCIM_PATH": "invalidPath",
    "NO_PATCH_TARGET": "noTarget",
    "READ_ONLY_ATTRIBUTE": "mutability",
}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "ScimError",
    "required": ["schemas", "status", "detail"],
    "properties": {
        "schemas": {"type": "array", "items": {"type": "string"}, "examples": [[ERROR]]},
        "status": {"type": "string", "examples": ["409"]},
        "scimType": {"type": "string", "examples": ["uniqueness"]},
        "detail": {"type": "string"},
    },
}


def scim_status(kind: type[DomainError]) -> int:
    """The status of a kind of refusal: SCIM has 400 for everything that cannot be understood."""
    return _BAD_REQUEST if issubclass(kind, InvalidError) else kind.status


def scim_error(refusal: DomainError) -> dict[str, object]:
    """`refusal` as SCIM writes it: the status as text, and why in a word where there is one."""
    status = scim_status(type(refusal))
    said: dict[str, object] = {
        "schemas": [ERROR],
        "status": str(status),
        "detail": refusal.message,
    }
    otherwise = "invalidValue" if status == _BAD_REQUEST else None
    scim_type = _SCIM_TYPES.get(refusal.code, otherwise)
    if scim_type is not None:
        said["scimType"] = scim_type
    return said


SCIM = Dialect("/scim/v2", MEDIA_TYPE, scim_status, scim_error, _SCHEMA)
"""What is spoken under `/api/v1/scim/v2`."""

"""Names of attributes, which SCIM writes in any case and with or without their schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def without_urn(name: str) -> str:
    """`name` without the schema of users or groups in front: `…:User:userName` is `userName`."""
    for schema in (USER, GROUP):
        if name.lower().startswith(f"{schema.lower()}:"):
            return name[len(schema) + 1 :]
    return name


def folded(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by their names in lower case and without a schema (RFC 7643, section 2.1)."""
    return {without_urn(name).lower(): value for name, value in values.items()}

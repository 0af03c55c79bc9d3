"""Roles as SCIM writes groups (RFC 7643, section 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dotmac_identity.provisioning.attribute_names import GROUP
from dotmac_identity.provisioning.resources import instant
from dotmac_identity.provisioning.versions import version_of


@dataclass(frozen=True)
class Member:
    """A user who has the role everywhere."""

    id: UUID
    name: str


@dataclass(frozen=True)
class KnownGroup:
    """A role as a directory knows it; `members` by their identifiers."""

    id: UUID
    name: str
    members: tuple[Member, ...]
    created_at: datetime


def group_resource(group: KnownGroup, address: str) -> dict[str, Any]:
    """`group` as a resource; `address` is where all resources are, such as `https://…/scim/v2`."""
    resource: dict[str, Any] = {
        "schemas": [GROUP],
        "id": str(group.id),
        "displayName": group.name,
        "members": [
            {
                "value": str(member.id),
                "display": member.name,
                "type": "User",
                "$ref": f"{address}/Users/{member.id}",
            }
            for member in group.members
        ],
    }
    resource["meta"] = {
        "resourceType": "Group",
        "created": instant(group.created_at),
        "location": f"{address}/Groups/{group.id}",
        "version": version_of(resource),
    }
    return resource

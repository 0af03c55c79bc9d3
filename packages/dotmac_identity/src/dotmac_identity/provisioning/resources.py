"""Users as SCIM writes them (RFC 7643, section 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dotmac_identity.provisioning.attribute_names import USER
from dotmac_identity.provisioning.errors import ScimResourceNotFoundError
from dotmac_identity.provisioning.person import DirectoryPerson
from dotmac_identity.provisioning.versions import version_of

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


@dataclass(frozen=True)
class GroupOfUser:
    """A role that somebody has, which is a group to a directory."""

    id: UUID
    name: str


@dataclass(frozen=True)
class KnownUser:
    """A user as a directory knows them; `groups` by name."""

    id: UUID
    person: DirectoryPerson
    groups: tuple[GroupOfUser, ...]
    created_at: datetime
    updated_at: datetime


def user_resource(user: KnownUser, address: str) -> dict[str, Any]:
    """`user` as a resource; `address` is where all resources are, such as `https://…/scim/v2`."""
    person = user.person
    names = {
        "formatted": person.name,
        "givenName": person.given_name,
        "familyName": person.family_name,
    }
    resource: dict[str, Any] = {
        "schemas": [USER],
        "id": str(user.id),
        "externalId": person.external_id,
        "userName": person.user_name,
        "displayName": person.name,
        "name": _present(names),
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "active": person.is_active,
        "locale": person.locale,
        "timezone": person.time_zone,
        "groups": [
            {
                "value": str(group.id),
                "display": group.name,
                "type": "direct",
                "$ref": f"{address}/Groups/{group.id}",
            }
            for group in user.groups
        ],
    }
    resource = _present(resource)
    resource["meta"] = {
        "resourceType": "User",
        "created": instant(user.created_at),
        "lastModified": instant(user.updated_at),
        "location": f"{address}/Users/{user.id}",
        "version": version_of(resource),
    }
    return resource


def resource_id(kind: str, text: str) -> UUID:
    """The identifier in an address; what is none names nothing that is here.

    Raises:
        ScimResourceNotFoundError: it is no UUID.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise ScimResourceNotFoundError(kind, text) from error


def list_response(resources: Sequence[object], *, total: int, start: int) -> dict[str, Any]:
    """A page of a list; `start` is the number of its first one of `total`, counted from 1."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def instant(at: datetime) -> str:
    """`at` as SCIM writes it (XML Schema's dateTime, in UTC)."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}

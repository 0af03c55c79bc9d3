"""What a directory is told about this server before it begins (RFC 7644, section 4)."""

from __future__ import annotations

from typing import Any

from dotmac_identity.provisioning.attribute_names import GROUP, USER

MOST_RESULTS = 200
"""Resources in one page of a list at most."""

_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def service_provider_config(address: str) -> dict[str, Any]:
    """What of SCIM is spoken here."""
    return {
        "schemas": [_CONFIG],
        "documentationUri": "https://datatracker.ietf.org/doc/html/rfc7644",
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "API key",
                "description": "An API key with the scope users:provision, as a bearer token.",
                "primary": True,
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{address}/ServiceProviderConfig",
        },
    }


def resource_types(address: str) -> list[dict[str, Any]]:
    """The kinds of resources there are."""
    return [
        _resource_type(address, "User", "/Users", USER, "People who may sign in."),
        _resource_type(address, "Group", "/Groups", GROUP, "Roles, and who has them."),
    ]


def schemas(address: str) -> list[dict[str, Any]]:
    """The attributes of each kind of resource, as far as they are kept."""
    described = {
        USER: ("User", "People who may sign in.", _USER_ATTRIBUTES),
        GROUP: ("Group", "Roles, and who has them.", _GROUP_ATTRIBUTES),
    }
    return [
        {
            "schemas": [_SCHEMA],
            "id": urn,
            "name": name,
            "description": description,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{address}/Schemas/{urn}"},
        }
        for urn, (name, description, attributes) in described.items()
    ]


def _resource_type(
    address: str, name: str, endpoint: str, schema: str, description: str
) -> dict[str, Any]:
    return {
        "schemas": [_TYPE],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "description": description,
        "schema": schema,
        "schemaExtensions": [],
        "meta": {"resourceType": "ResourceType", "location": f"{address}/ResourceTypes/{name}"},
    }


def _attribute(name: str, description: str, **other: object) -> dict[str, Any]:
    """An attribute; its characteristics are the defaults of RFC 7643, section 2.2, but `other`."""
    return {
        "name": name,
        "type": "string",
        "multiValued": False,
        "description": description,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **other,
    }


def _read_only(name: str, description: str, **other: object) -> dict[str, Any]:
    return _attribute(name, description, mutability="readOnly", **other)


_USER_ATTRIBUTES = [
    _attribute(
        "userName",
        "What the directory calls the user; mostly the e-mail address.",
        required=True,
        uniqueness="server",
    ),
    _attribute(
        "externalId",
        "The directory's own identifier of the user.",
        caseExact=True,
        uniqueness="server",
    ),
    _attribute("displayName", "The name that people see."),
    _attribute(
        "name",
        "The parts of the name.",
        type="complex",
        subAttributes=[
            _attribute("formatted", "The name that people see."),
            _attribute("givenName", "The first name."),
            _attribute("familyName", "The last name."),
        ],
    ),
    _attribute(
        "emails",
        "The address that the user signs in with: the primary one of those given.",
        type="complex",
        multiValued=True,
        subAttributes=[
            _attribute("value", "The address.", uniqueness="server"),
            _attribute("type", "What it is for.", canonicalValues=["work"]),
            _attribute("primary", "Whether it is the one.", type="boolean"),
        ],
    ),
    _attribute("active", "Whether the user may sign in.", type="boolean"),
    _attribute("locale", "The language of messages, such as en or de-AT."),
    _attribute("timezone", "The time zone by its name, such as Europe/Stockholm."),
    _read_only(
        "groups",
        "The roles of the user; changed by the members of groups.",
        type="complex",
        multiValued=True,
        subAttributes=[
            _read_only("value", "The identifier of the role."),
            _read_only("$ref", "Where it is.", type="reference", referenceTypes=["Group"]),
            _read_only("display", "Its name."),
            _read_only("type", "Always direct.", canonicalValues=["direct"]),
        ],
    ),
]
_GROUP_ATTRIBUTES = [
    _read_only("displayName", "The name of the role.", required=True, uniqueness="server"),
    _attribute(
        "members",
        "The users who have the role.",
        type="complex",
        multiValued=True,
        subAttributes=[
            _attribute("value", "The identifier of the user.", mutability="immutable"),
            _attribute(
                "$ref",
                "Where it is.",
                type="reference",
                referenceTypes=["User"],
                mutability="immutable",
            ),
            _read_only("display", "The name of the user."),
        ],
    ),
]

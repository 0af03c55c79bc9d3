"""HTTP shapes of provisioning, as SCIM writes them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body
from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from dotmac_core_ops.http import ResponseModel
from dotmac_identity.provisioning.attribute_names import USER
from dotmac_identity.provisioning.resources import LIST

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

UserBody = Annotated[
    dict[str, Any],
    Body(
        description="A user of SCIM; attributes that are not kept are passed over.",
        examples=[
            {
                "schemas": [USER],
                "userName": "ann.berg@example.com",
                "externalId": "00u1ab2c3",
                "name": {"givenName": "Ann", "familyName": "Berg"},
                "emails": [{"value": "ann.berg@example.com", "type": "work", "primary": True}],
                "locale": "sv-SE",
                "timezone": "Europe/Stockholm",
                "active": True,
            }
        ],
    ),
]
PatchBody = Annotated[
    dict[str, Any],
    Body(
        description="Operations, done in their order, all or none.",
        examples=[
            {
                "schemas": [PATCH],
                "Operations": [{"op": "replace", "path": "active", "value": False}],
            }
        ],
    ),
]


class ScimModel(ResponseModel):
    """What SCIM writes: names in its own manner, nothing for what there is not."""

    model_config = ConfigDict(
        from_attributes=True, frozen=True, alias_generator=to_camel, populate_by_name=True
    )


class ScimMeta(ScimModel):
    """Where a resource is, and which version of it this is (also the `ETag`)."""

    resource_type: str = Field(examples=["User"])
    created: AwareDatetime | None = None
    last_modified: AwareDatetime | None = None
    location: str = Field(examples=["https://my.example/api/v1/scim/v2/Users/0190"])
    version: str | None = Field(None, examples=['W/"4f1c7b2a90de8813"'])


class ScimName(ScimModel):
    """The parts of a name, and all of it."""

    formatted: str | None = Field(None, examples=["Ann Berg"])
    given_name: str | None = Field(None, examples=["Ann"])
    family_name: str | None = Field(None, examples=["Berg"])


class ScimEmail(ScimModel):
    """The address that somebody signs in with."""

    value: str | None = Field(None, examples=["ann.berg@example.com"])
    type: str | None = Field(None, examples=["work"])
    primary: bool | None = None


class ScimReference(ScimModel):
    """A group of a user, or a member of a group."""

    value: str | None = None
    display: str | None = Field(None, examples=["billing"])
    type: str | None = Field(None, examples=["direct"])
    ref: str | None = Field(None, alias="$ref", examples=["https://my.example/…/Groups/0190"])


class ScimUser(ScimModel):
    """A user, with the attributes that were asked for."""

    schemas: list[str] = Field(examples=[[USER]])
    id: str
    external_id: str | None = Field(None, examples=["00u1ab2c3"])
    user_name: str | None = Field(None, examples=["ann.berg@example.com"])
    display_name: str | None = Field(None, examples=["Ann Berg"])
    name: ScimName | None = None
    emails: list[ScimEmail] | None = None
    active: bool | None = None
    locale: str | None = Field(None, examples=["sv-SE"])
    timezone: str | None = Field(None, examples=["Europe/Stockholm"])
    groups: list[ScimReference] | None = None
    meta: ScimMeta | None = None


class ScimUserList(ScimModel):
    """A page of users; `startIndex` counts from 1."""

    schemas: list[str] = Field(examples=[[LIST]])
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[ScimUser] = Field(alias="Resources")

"""HTTP shapes of roles as groups, as SCIM writes them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body
from pydantic import Field

from dotmac_identity.provisioning.attribute_names import GROUP
from dotmac_identity.provisioning.resources import LIST
from dotmac_identity.provisioning.schemas import PATCH, ScimMeta, ScimModel, ScimReference

_ANN = "0190a3c1-7f00-7000-8000-000000000001"

GroupBody = Annotated[
    dict[str, Any],
    Body(
        description="A group of SCIM: all of its members.",
        examples=[
            {"schemas": [GROUP], "displayName": "support", "members": [{"value": _ANN}]},
        ],
    ),
]
MembersBody = Annotated[
    dict[str, Any],
    Body(
        description="Operations on members, done in their order, all or none.",
        examples=[
            {
                "schemas": [PATCH],
                "Operations": [{"op": "add", "path": "members", "value": [{"value": _ANN}]}],
            }
        ],
    ),
]


class ScimGroup(ScimModel):
    """A role, with the attributes that were asked for."""

    schemas: list[str] = Field(examples=[[GROUP]])
    id: str
    display_name: str | None = Field(None, examples=["support"])
    members: list[ScimReference] | None = None
    meta: ScimMeta | None = None


class ScimGroupList(ScimModel):
    """A page of roles; `startIndex` counts from 1."""

    schemas: list[str] = Field(examples=[[LIST]])
    total_results: int
    start_index: int
    items_per_page: int
    resources: list[ScimGroup] = Field(alias="Resources")

"""HTTP shapes of the settings of a tenant."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, JsonValue

from dotmac_core_ops.http import RequestModel, ResponseModel

Key = Annotated[str, Field(min_length=3, max_length=100)]


class TenantSettingOut(ResponseModel):
    """Something that the organisation can set, and what it is set to."""

    key: str = Field(examples=["documents.max_bytes"])
    kind: str = Field(description="boolean, integer, number, text, choice or texts.")
    description: str
    value: Any
    default: Any
    is_set: bool
    choices: list[str]
    minimum: str | None
    maximum: str | None
    pattern: str | None = Field(description="Of a text, as a whole.")


class TenantSettingsIn(RequestModel):
    """What shall be set, by key; null takes a setting back to its default."""

    values: dict[Key, JsonValue] = Field(
        min_length=1, max_length=100, examples=[{"documents.max_bytes": 10_000_000}]
    )

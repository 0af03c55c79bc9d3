"""HTTP shapes of custom fields."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, JsonValue, field_validator

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_identity.custom_fields.fields import MOST_OPTIONS, FieldType, NewField

Label = Annotated[str, Field(min_length=1, max_length=200, examples=["Customer class"])]
Help = Annotated[str, Field(max_length=1000)]
Option = Annotated[str, Field(min_length=1, max_length=200)]
Options = Annotated[list[Option], Field(max_length=MOST_OPTIONS, examples=[["gold", "silver"]])]
Pattern = Annotated[str, Field(min_length=1, max_length=500)]
EndText = Annotated[
    str,
    Field(max_length=40, description="A number, or a day such as 2026-12-31; it is included."),
]
Entity = Annotated[str, Field(min_length=1, max_length=63, examples=["customer"])]


class CustomFieldIn(RequestModel):
    """A field that things of the kind `entity` shall have."""

    entity: Entity
    key: str = Field(min_length=1, max_length=63, examples=["customer_class"])
    label: Label
    type: FieldType = Field(examples=["choice"])
    help: Help = ""
    is_required: bool = False
    options: Options = []
    pattern: Pattern | None = None
    minimum: EndText | None = None
    maximum: EndText | None = None
    default: JsonValue = Field(None, examples=["silver"])
    is_searchable: bool = False
    is_portal_visible: bool = False

    def field(self) -> NewField:
        """The same for the service."""
        values = self.model_dump(exclude={"entity", "options"})
        return NewField(**values, options=tuple(self.options))


class CustomFieldChangeIn(RequestModel):
    """What shall be different; what is left out stays, null clears what may be missing."""

    label: Label | None = None
    type: FieldType | None = None
    help: Help | None = None
    is_required: bool | None = None
    options: Options | None = None
    pattern: Pattern | None = None
    minimum: EndText | None = None
    maximum: EndText | None = None
    default: JsonValue = None
    is_searchable: bool | None = None
    is_portal_visible: bool | None = None

    @field_validator(
        *("label", "type", "help", "is_required", "options", "is_searchable", "is_portal_visible")
    )
    @classmethod
    def _given(cls, value: object) -> object:
        if value is None:
            raise ValueError("cannot be cleared; leave it out")
        return value

    def changes(self) -> dict[str, Any]:
        """The parts that were given, for the service."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "options" in given:
            given["options"] = tuple(given["options"])
        return given


class FieldOrderIn(RequestModel):
    """All fields of an entity that are not archived, in their new order."""

    entity: Entity
    field_ids: list[UUID] = Field(max_length=200)


class CustomFieldOut(ResponseModel):
    """A field of the tenant's own."""

    id: UUID
    entity: str = Field(examples=["customer"])
    key: str = Field(examples=["customer_class"])
    label: str
    type: FieldType
    help: str
    is_required: bool
    options: list[str]
    pattern: str | None
    minimum: EndText | None
    maximum: EndText | None
    default: Any
    is_searchable: bool
    is_portal_visible: bool
    position: int
    is_archived: bool
    version: int

    @field_validator("minimum", "maximum", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return None if value is None else str(value)


class FieldEntityOut(ResponseModel):
    """A kind of thing that may have fields of the tenant's own."""

    name: str = Field(examples=["customer"])
    description: str

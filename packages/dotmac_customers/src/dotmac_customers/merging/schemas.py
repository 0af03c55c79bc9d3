"""HTTP shapes of duplicates and merges."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class MergeIn(RequestModel):
    """The customer that becomes part of this one, and which of its values win."""

    merged_id: UUID
    take: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(
            max_length=100,
            description="Fields of the other that win over this one's: `email`, "
            "`custom_fields.plan`. What this one lacks is taken anyway.",
            examples=[["email", "phone"]],
        ),
    ] = []


class LookalikeOut(ResponseModel):
    """One of a pair."""

    id: UUID
    number: str
    name: str
    email: str | None


class DuplicateOut(ResponseModel):
    """Two customers that may be one."""

    one: LookalikeOut
    other: LookalikeOut
    score: int = Field(description="0 to 100.")
    signs: list[str] = Field(description="What they have in common.")

"""HTTP shapes of branding."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator

from dotmac_core_ops.http import RequestModel, ResponseModel

Colour = Annotated[str, Field(max_length=7, examples=["#1d4ed8"])]
Word = Annotated[str, Field(max_length=500)]
TextKey = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z][a-z0-9_]*$")]


class BrandingChangeIn(RequestModel):
    """What shall be different; null takes it back to what the platform has."""

    name: str | None = Field(None, min_length=1, max_length=200, examples=["North Net"])
    primary_colour: Colour | None = None
    accent_colour: Colour | None = None
    email_footer: str | None = Field(None, max_length=2000, examples=["North Net AB, Stockholm"])
    texts: dict[TextKey, Word] = Field(
        {}, max_length=50, examples=[{"support_email": "help@north.example"}]
    )

    @field_validator("email_footer")
    @classmethod
    def _printable(cls, footer: str | None) -> str | None:
        if footer is not None and any(c != "\n" and not c.isprintable() for c in footer):
            raise ValueError("must be plain text")
        return footer

    def changes(self) -> dict[str, Any]:
        """The parts that were given, for the service."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class BrandingOut(ResponseModel):
    """How the organisation looks; null is as the platform has it."""

    name: str | None
    primary_colour: str | None
    accent_colour: str | None
    email_footer: str | None
    texts: dict[str, str]
    has_logo: bool
    has_favicon: bool
    version: int

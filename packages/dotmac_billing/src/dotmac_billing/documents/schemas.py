"""HTTP shapes of documents and templates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from dotmac_billing.documents.style import Paper
from dotmac_billing.documents.templates import MOST_LETTERS, TemplateChange
from dotmac_core_ops.http import RequestModel, ResponseModel

TemplateCode = Annotated[str, Field(pattern="^[A-Za-z0-9_.-]{1,60}$", examples=["german"])]
LocaleName = Annotated[
    str, Field(pattern="^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$", max_length=20, examples=["de_DE"])
]
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$", examples=["#1d4ed8"])]
Text = Annotated[str, Field(max_length=2000, description="Plain text; empty takes it away.")]
Page = Annotated[
    str,
    Field(max_length=MOST_LETTERS, description="A Jinja template of the whole page, for HTML."),
]


class FindingOut(ResponseModel):
    """A rule of EN 16931 that the document breaks, and where."""

    rule: str
    message: str
    location: str


class ComplianceOut(ResponseModel):
    """Whether the document conforms to EN 16931."""

    conforms: bool
    findings: list[FindingOut]


class TemplateOut(ResponseModel):
    """A look of documents with its texts."""

    id: UUID
    code: str
    is_default: bool
    locale: str
    paper: Paper
    accent: str
    has_logo: bool
    header: str | None
    footer: str | None
    terms: str | None
    html: str | None
    shows_payment_code: bool
    shows_explanations: bool
    created_at: datetime
    version: int


class _TemplateTexts(RequestModel):
    is_default: bool | None = None
    locale: LocaleName | None = None
    paper: Paper | None = None
    accent: Colour | None = None
    header: Text | None = None
    footer: Text | None = None
    terms: Text | None = None
    html: Page | None = None
    shows_payment_code: bool | None = None
    shows_explanations: bool | None = None


class NewTemplateIn(_TemplateTexts):
    """A new template; what is left out is as in the built-in look."""

    code: TemplateCode

    def wanted(self) -> TemplateChange:
        """As the service takes it."""
        return TemplateChange(**self.model_dump())


class TemplateIn(_TemplateTexts):
    """New values; what is left out stays."""

    code: TemplateCode | None = None

    def wanted(self) -> TemplateChange:
        """As the service takes it."""
        return TemplateChange(**self.model_dump())

"""How a document is to look, from a template."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dotmac_billing.documents.models import DocumentTemplate
from dotmac_billing.documents.style import Style


@dataclass(frozen=True)
class Look:
    """How a document is to look: the style and the tenant's own page, if it has one."""

    style: Style
    html: str | None
    version: str


def look_of(template: DocumentTemplate) -> Look:
    """The look that a template gives."""
    style = Style(
        locale=template.locale,
        paper=template.paper,
        accent=template.accent,
        logo=template.logo,
        header=template.header,
        footer=template.footer,
        terms=template.terms,
        shows_payment_code=template.shows_payment_code,
        shows_explanations=template.shows_explanations,
    )
    return Look(style, template.html, f"{template.id}/{template.version}")


def in_locale(style: Style, locale: str) -> Style:
    """The same style with the words and figures of another locale."""
    return replace(style, locale=locale)

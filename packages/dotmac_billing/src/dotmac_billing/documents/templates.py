"""A template of documents as it is asked for, and whether it can be used."""

from __future__ import annotations

from dataclasses import dataclass

from dotmac_billing.documents.errors import InvalidTemplateError
from dotmac_billing.documents.figures import is_locale
from dotmac_billing.documents.style import Paper, is_colour

MOST_LOGO_BYTES = 1024 * 1024
"""The largest logo."""

MOST_LETTERS = 100_000
"""The longest page of a tenant's own."""

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


@dataclass(frozen=True)
class TemplateChange:
    """New values; None keeps the old. An empty text takes the text away."""

    code: str | None = None
    is_default: bool | None = None
    locale: str | None = None
    paper: Paper | None = None
    accent: str | None = None
    header: str | None = None
    footer: str | None = None
    terms: str | None = None
    html: str | None = None
    shows_payment_code: bool | None = None
    shows_explanations: bool | None = None

    def values(self) -> dict[str, object]:
        """What is to be changed, by column.

        Raises:
            InvalidTemplateError: a colour that is not `#rrggbb`, or a locale nobody knows.
        """
        if self.accent is not None and not is_colour(self.accent):
            raise InvalidTemplateError(f"{self.accent} is no colour of the form #rrggbb")
        if self.locale is not None and not is_locale(self.locale):
            raise InvalidTemplateError(f"{self.locale} is no locale")
        if self.html is not None and len(self.html) > MOST_LETTERS:
            raise InvalidTemplateError(f"its page is longer than {MOST_LETTERS} letters")
        texts = {"header", "footer", "terms", "html"}
        return {
            name: (value or None) if name in texts else value
            for name, value in vars(self).items()
            if value is not None
        }


def checked_logo(picture: bytes) -> bytes:
    """The picture, if it can be a logo.

    Raises:
        InvalidTemplateError: neither PNG nor JPEG, or more than 1 MiB.
    """
    if len(picture) > MOST_LOGO_BYTES:
        raise InvalidTemplateError(f"the logo has more than {MOST_LOGO_BYTES} bytes")
    if not picture.startswith((_PNG, _JPEG)):
        raise InvalidTemplateError("the logo is neither PNG nor JPEG")
    return picture

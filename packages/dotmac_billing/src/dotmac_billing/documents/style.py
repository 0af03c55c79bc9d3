"""How a tenant's documents look and what they say beside the facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum


class Paper(Enum):
    """Sizes of paper."""

    A4 = "A4"
    LETTER = "letter"

    @property
    def points(self) -> tuple[float, float]:
        """Width and height in points of 1/72 inch."""
        return (595.28, 841.89) if self is Paper.A4 else (612.0, 792.0)


_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether it is written `#rrggbb`."""
    return _COLOUR.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Style:
    """The look of documents. `locale` is a language, or one with a country (`de_CH`).

    `logo` is a PNG or JPEG; the texts are plain and may have several lines.
    """

    locale: str = "en"
    paper: Paper = Paper.A4
    accent: str = "#1d4ed8"
    logo: bytes | None = field(default=None, repr=False)
    header: str | None = None
    footer: str | None = None
    terms: str | None = None
    shows_payment_code: bool = True
    shows_explanations: bool = True

    @property
    def language(self) -> str:
        """The language without its country."""
        return self.locale.partition("_")[0]

"""Can a text in this colour be read? The contrast of colours by WCAG."""

from __future__ import annotations

import re

from dotmac_core_ops.errors import InvalidError

_LINEAR_BELOW = 0.04045  # of sRGB. Source: IEC 61966-2-1; WCAG 2.2, relative luminance
READABLE = 4.5
"""The least contrast of a text with what is behind it. Source: WCAG 2.2, 1.4.3, level AA."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


class InvalidColourError(InvalidError):
    """A colour is `#` and six hexadecimal digits."""

    code = "INVALID_COLOUR"

    def __init__(self, colour: str) -> None:
        super().__init__("Write a colour as #1d4ed8.", colour=colour)


class ContrastTooLowError(InvalidError):
    """A text in this colour cannot be read on white; choose a darker one."""

    code = "CONTRAST_TOO_LOW"

    def __init__(self, colour: str, ratio: float) -> None:
        super().__init__(
            f"{colour} has a contrast of {ratio:.2f} with white; at least {READABLE} is needed.",
            colour=colour,
            contrast=round(ratio, 2),
            needed=READABLE,
        )


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white): `contrast("#000000", "#ffffff")` is 21.

    Source: WCAG 2.2, definition of contrast ratio.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_colour(colour: str) -> str:
    """`colour` in lower case, if a text or a button in it can be read on white.

    Raises:
        InvalidColourError: it is none.
        ContrastTooLowError: it is too light.
    """
    lowered = colour.strip().lower()
    if _COLOUR.fullmatch(lowered) is None:
        raise InvalidColourError(colour)
    ratio = contrast(lowered, "#ffffff")
    if ratio < READABLE:
        raise ContrastTooLowError(lowered, ratio)
    return lowered


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(
        channel / 12.92 if channel <= _LINEAR_BELOW else ((channel + 0.055) / 1.055) ** 2.4
    )

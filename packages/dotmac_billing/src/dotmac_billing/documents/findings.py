"""A rule that a document breaks."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """`rule` is the identifier in EN 16931 (BR-CO-10), `location` what of the document it is about.

    Locations read `lines[2].net` (counted by the line's own position) or `seller.country`.
    """

    rule: str
    message: str
    location: str

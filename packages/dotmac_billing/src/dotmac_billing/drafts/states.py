"""Where a draft stands."""

from enum import Enum


class DraftStatus(Enum):
    """An open draft can be changed; one that was issued or discarded stays as it is."""

    OPEN = "open"
    ISSUED = "issued"
    DISCARDED = "discarded"

"""In which unit the parts of a period are measured."""

from __future__ import annotations

from enum import Enum


class ProrationUnit(Enum):
    """`DAY`: a day that is begun by a change belongs to the new. `SECOND`: to the second."""

    DAY = "day"
    SECOND = "second"

"""What a look at a tax number can come to."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class CheckSource(Enum):
    """Who was asked."""

    OFFLINE = "offline"
    """Nobody: form and check digits."""
    VIES = "vies"
    """The register of the European Commission."""


class CheckOutcome(Enum):
    """What was found."""

    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    """The register did not answer."""


class NumberChecked(NamedTuple):
    """What was found of a number, in its compact form and without the country's prefix.

    `name` and `address` are what the register says of its holder, `request_id` is its proof that
    it was asked.
    """

    country: str
    number: str
    source: CheckSource
    outcome: CheckOutcome
    name: str | None = None
    address: str | None = None
    request_id: str | None = None

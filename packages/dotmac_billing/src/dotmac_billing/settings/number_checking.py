"""How far the tax number of a buyer is looked into before it is believed."""

from __future__ import annotations

from enum import Enum


class NumberCheck(Enum):
    """What makes a tax number good."""

    OFFLINE = "offline"
    """Its form and its check digits."""
    VIES = "vies"
    """That, and the European Commission's register knows it (numbers of the EU only)."""


class WhenUnavailable(Enum):
    """What a number is worth while the register does not answer."""

    KEEP = "keep"
    """What it was found to be when it was last asked about."""
    UNVERIFIED = "unverified"
    """Nothing: the buyer is charged tax until the register answers."""

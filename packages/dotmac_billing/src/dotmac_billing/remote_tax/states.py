"""What a tax service has been told of a document."""

from __future__ import annotations

from enum import Enum


class TaxDocumentStatus(Enum):
    """How far a document has come."""

    OPEN = "open"
    """Its tax is known there, and counts for nothing yet."""
    COMMITTED = "committed"
    """It counts for the seller's tax returns."""
    VOID = "void"
    """It does not count any more, or never will."""

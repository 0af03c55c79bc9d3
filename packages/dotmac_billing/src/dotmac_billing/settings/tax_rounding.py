"""Where the tax of an invoice is rounded."""

from __future__ import annotations

from enum import Enum


class TaxRounding(Enum):
    """What is rounded to whole minor units; a tenant's choice, kept on each of its invoices.

    Of three lines of 1.02 at 19 % the tax is 0.57 by line (3 * 0.19) and 0.58 by group or document.
    """

    LINE = "line"
    """The tax of each line. What shops do that print the tax beside each article."""
    GROUP = "group"
    """The tax of all lines of one treatment and rate (EN 16931, BR-CO-17). The default."""
    DOCUMENT = "document"
    """The tax of the whole document; the groups then share it by largest remainder."""

"""How a tenant takes the rules of e-invoices."""

from __future__ import annotations

from enum import Enum


class EInvoicing(Enum):
    """`off`: nobody looks at the rules of EN 16931. `check`: they are shown, and stop nothing.

    `require`: a document that breaks one of them cannot be issued.
    """

    OFF = "off"
    CHECK = "check"
    REQUIRE = "require"

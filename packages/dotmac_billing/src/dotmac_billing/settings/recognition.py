"""When revenue is earned."""

from __future__ import annotations

from enum import Enum


class Recognition(Enum):
    """When what is billed for a period counts as revenue (ASC 606, IFRS 15).

    `AT_INVOICE`: at once. `DAILY`: the same for each day of the period. `MONTHLY`: the same for
    each month, however long; a part of a month counts by its days.
    """

    AT_INVOICE = "at_invoice"
    DAILY = "daily"
    MONTHLY = "monthly"

"""What a late fee can be."""

from enum import Enum


class LateFeeKind(Enum):
    """`FIXED`: an amount, once for an invoice. `PERCENT`: a share of what is due, once.

    `MONTHLY_INTEREST`: a share of what is due for each month of being late, by days within a month,
    simple (no interest on interest).
    """

    FIXED = "fixed"
    PERCENT = "percent"
    MONTHLY_INTEREST = "monthly_interest"

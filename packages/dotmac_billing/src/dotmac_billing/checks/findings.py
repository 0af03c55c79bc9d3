"""What a standing check has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something in the books that cannot be: which check says so, about what, and what is wrong.

    `subject` is an invoice's number, the id of an entry, payment or customer, or a series.
    """

    check: str
    subject: str
    problem: str

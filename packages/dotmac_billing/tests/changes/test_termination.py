"""Months left of a term."""

from __future__ import annotations

from datetime import date

import pytest

from dotmac_billing.lifecycle.termination import months_between


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 1), 2),
        (date(2026, 1, 1), date(2027, 1, 1), 12),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_a_month_that_is_begun_counts(first: date, last: date, months: int) -> None:
    assert months_between(first, last) == months

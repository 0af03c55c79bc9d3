"""Late fees as arithmetic: what is charged for which days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.late_fees.fees import Debt, Fee, Rule, fees
from dotmac_billing.late_fees.kinds import LateFeeKind

DUE_ON = date(2026, 1, 31)


def debt(*settled: tuple[date, str], total: str = "200.00", charged: Sequence[Fee] = ()) -> Debt:
    return Debt(
        UUID(int=1),
        "INV-1",
        UUID(int=2),
        "EUR",
        DUE_ON,
        Decimal(total),
        [(day, Decimal(amount)) for day, amount in settled],
        sum((fee.amount for fee in charged), Decimal(0)),
        max((fee.to_on for fee in charged), default=None),
    )


def rule(kind: LateFeeKind = LateFeeKind.MONTHLY_INTEREST, **more: Any) -> Rule:  # noqa: ANN401 (fields of the rule)
    """1.5 % of what is due for each month."""
    plain = Rule(
        UUID(int=3), kind, 0, None, None, Decimal("0.015"), None, None, None, "Late payment"
    )
    return plain._replace(**more)


def amounts(found: Sequence[Fee]) -> list[tuple[str, str, str]]:
    return [(str(fee.from_on), str(fee.to_on), str(fee.amount)) for fee in found]


FIXED = rule(LateFeeKind.FIXED, currency="EUR", amount=Decimal(5), rate=None, grace_days=3)
SHARE = rule(LateFeeKind.PERCENT, rate=Decimal("0.05"))


@pytest.mark.parametrize(
    ("by", "owed", "today", "expected"),
    [
        (FIXED, debt(), date(2026, 2, 3), []),
        (FIXED, debt(), date(2026, 2, 4), [("2026-02-04", "2026-02-05", "5.00")]),
        (FIXED, debt((date(2026, 2, 3), "200")), date(2026, 2, 9), []),
        (FIXED._replace(currency="USD"), debt(), date(2026, 2, 9), []),
        (
            SHARE,
            debt((date(2026, 1, 5), "80")),
            date(2026, 2, 1),
            [("2026-02-01", "2026-02-02", "6.00")],
        ),
        (SHARE._replace(minimum_due=Decimal(201)), debt(), date(2026, 2, 9), []),
        (
            SHARE._replace(cap=Decimal("4.00")),
            debt(),
            date(2026, 2, 9),
            [("2026-02-01", "2026-02-02", "4.00")],
        ),
        # Interest runs from the first day late and is charged when a month of it is over.
        (rule(), debt(), date(2026, 2, 28), []),
        (rule(), debt(), date(2026, 3, 1), [("2026-02-01", "2026-03-01", "3.00")]),
        (
            rule(),
            debt(),
            date(2026, 4, 1),
            [("2026-02-01", "2026-03-01", "3.00"), ("2026-03-01", "2026-04-01", "3.00")],
        ),
        # Half was paid on the 14th of 28 days: 200 for 14 days and 100 for 14.
        (
            rule(),
            debt((date(2026, 2, 14), "100")),
            date(2026, 3, 1),
            [("2026-02-01", "2026-03-01", "2.25")],
        ),
        # Paid on the seventh day: a quarter of February.
        (
            rule(),
            debt((date(2026, 2, 7), "200")),
            date(2026, 2, 7),
            [("2026-02-01", "2026-02-08", "0.75")],
        ),
        (rule(), debt((DUE_ON, "200")), date(2026, 5, 1), []),
    ],
)
def test_what_is_charged(
    by: Rule, owed: Debt, today: date, expected: list[tuple[str, str, str]]
) -> None:
    assert amounts(fees(owed, by, today)) == expected


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(
    st.lists(st.tuples(days, st.integers(1, 60)), max_size=5),
    st.lists(days, min_size=1, max_size=6),
    st.integers(0, 40),
)
def test_it_does_not_matter_how_often_it_is_charged(
    paid: list[tuple[date, int]], looked: list[date], grace: int
) -> None:
    by = rule(grace_days=grace)
    settled = [(day, str(amount)) for day, amount in paid][:3]
    end = max(looked)
    charged: list[Fee] = []
    for today in sorted(looked):
        charged += fees(debt(*settled, charged=charged), by, today)

    assert charged == fees(debt(*settled), by, end)
    assert fees(debt(*settled, charged=charged), by, end) == []
    for one, following in pairwise(charged):
        assert following.from_on >= one.to_on
    assert all(fee.from_on > DUE_ON + timedelta(days=grace) for fee in charged)

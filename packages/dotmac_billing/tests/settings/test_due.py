"""When invoices are due."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.settings.due import DueRule, DueTerms, due_date


@pytest.mark.parametrize(
    ("issued_on", "rule", "days", "due_on"),
    [
        ("2026-01-20", DueRule.NET, 30, "2026-02-19"),
        ("2026-01-20", DueRule.NET, 0, "2026-01-20"),
        ("2026-01-20", DueRule.END_OF_MONTH, 0, "2026-01-31"),
        ("2026-01-20", DueRule.END_OF_MONTH, 30, "2026-03-02"),
        ("2028-01-31", DueRule.END_OF_MONTH, 29, "2028-02-29"),
        ("2026-01-20", DueRule.MONTH_AFTER_NET, 30, "2026-02-28"),
        ("2028-01-31", DueRule.MONTH_AFTER_NET, 30, "2028-03-31"),
        ("2026-12-20", DueRule.DAY_OF_NEXT_MONTH, 10, "2027-01-10"),
        ("2026-01-31", DueRule.DAY_OF_NEXT_MONTH, 31, "2026-02-28"),
        ("2026-01-31", DueRule.DAY_OF_NEXT_MONTH, 0, "2026-02-01"),
        ("2026-01-20", DueRule.ON_RECEIPT, 30, "2026-01-20"),
    ],
)
def test_the_rule_says_what_the_days_count_from(
    issued_on: str, rule: DueRule, days: int, due_on: str
) -> None:
    found = due_date(date.fromisoformat(issued_on), DueTerms(rule, days))

    assert found == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("issued_on", "due_on"),
    [("2026-11-19", "2026-11-20"), ("2026-11-20", "2026-11-23"), ("2026-11-21", "2026-11-23")],
)
def test_a_weekend_becomes_the_monday_after(issued_on: str, due_on: str) -> None:
    terms = DueTerms(DueRule.NET, 1, to_business_day=True)

    assert due_date(date.fromisoformat(issued_on), terms) == date.fromisoformat(due_on)


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from(DueRule),
    st.integers(0, 365),
    st.booleans(),
)
def test_nothing_is_due_before_it_is_issued(
    issued_on: date, rule: DueRule, days: int, moves: bool
) -> None:
    due_on = due_date(issued_on, DueTerms(rule, days, moves))

    assert due_on >= issued_on
    assert not moves or due_on.weekday() < 5


def test_a_customers_own_terms_go_before_the_tenants() -> None:
    usual = DueTerms(DueRule.END_OF_MONTH, 30)

    assert usual.of(None, None) == usual
    assert usual.of(None, 10) == DueTerms(DueRule.NET, 10)
    assert usual.of(DueRule.ON_RECEIPT, None) == DueTerms(DueRule.ON_RECEIPT, 30)

from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.invoicing.charging import BilledItem, BilledSubscription, Line, bill
from dotmac_billing.invoicing.draft import DueSubscription, upcoming
from dotmac_billing.invoicing.errors import NegativeInvoiceError
from dotmac_billing.invoicing.totals import TaxGroup, totals
from dotmac_billing.settings.due import due_on
from dotmac_billing.subscriptions.periods import Period, period
from dotmac_billing.tax.errors import TaxRateMissingError
from dotmac_billing.tax.rates import TaxRates

SOMEBODY = UUID(int=1)
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
VAT = TaxRates([("VAT", date(2000, 1, 1), Decimal("0.2"))])
NO_TAX = TaxRates()


def subscription(
    *,
    start: date = JANUARY.start,
    end: date | None = None,
    timing: BillingTiming = BillingTiming.ARREARS,
    currency: str = "EUR",
) -> BilledSubscription:
    return BilledSubscription(currency, timing, start, end)


def item(
    price: str = "31.00",
    *,
    quantity: str = "1",
    agreed: str | None = None,
    one_time: bool = False,
    tax: str | None = None,
    starts: date | None = None,
    ends: date | None = None,
) -> BilledItem:
    return BilledItem(
        item_id=SOMEBODY,
        component_id=SOMEBODY,
        description="Internet",
        is_one_time=one_time,
        quantity=Decimal(quantity),
        list_price=Decimal(price),
        agreed_price=None if agreed is None else Decimal(agreed),
        tax_code=tax,
        starts_on=starts,
        ends_on=ends,
    )


def nets(lines: list[Line]) -> list[Decimal]:
    return [line.net for line in lines]


def test_a_whole_period_costs_the_price() -> None:
    assert nets(bill(subscription(), [item("49.90")], JANUARY, NO_TAX)) == [Decimal("49.90")]


def test_a_price_is_for_each_unit() -> None:
    lines = bill(subscription(), [item("4.333", quantity="3")], JANUARY, NO_TAX)

    assert nets(lines) == [Decimal("13.00")]  # 12.999, rounded once


def test_an_agreed_price_goes_before_the_list_price() -> None:
    lines = bill(subscription(), [item("49.90", agreed="0")], JANUARY, NO_TAX)

    assert (lines[0].unit_price, lines[0].net) == (Decimal(0), Decimal(0))


def test_a_subscription_in_arrears_that_ended_is_charged_by_the_day() -> None:
    ended = subscription(end=date(2026, 1, 11))

    lines = bill(ended, [item("31.00")], JANUARY, NO_TAX)

    assert nets(lines) == [Decimal("31.00") * 10 / 31]
    assert (lines[0].period_start, lines[0].period_end) == (date(2026, 1, 1), date(2026, 1, 11))


def test_a_first_period_that_begins_late_is_charged_by_the_day() -> None:
    late = subscription(start=date(2026, 1, 30))

    assert nets(bill(late, [item("31.00")], JANUARY, NO_TAX)) == [Decimal("31.00") * 2 / 31]


def test_a_one_time_item_is_charged_in_full_with_the_first_period_only() -> None:
    setup, late = item("25.00", one_time=True), subscription(start=date(2026, 1, 30))
    february = Period(date(2026, 2, 1), date(2026, 3, 1))

    assert nets(bill(late, [setup], JANUARY, NO_TAX)) == [Decimal("25.00")]
    assert nets(bill(late, [setup], february, NO_TAX)) == []


def test_a_one_time_item_that_comes_later_is_charged_when_it_comes() -> None:
    added = item("25.00", one_time=True, starts=date(2026, 2, 10))
    february = Period(date(2026, 2, 1), date(2026, 3, 1))

    assert nets(bill(subscription(), [added], JANUARY, NO_TAX)) == []
    assert nets(bill(subscription(), [added], february, NO_TAX)) == [Decimal("25.00")]


def test_an_item_is_charged_for_its_own_days() -> None:
    ten_days = item("31.00", starts=date(2026, 1, 6), ends=date(2026, 1, 16))

    assert nets(bill(subscription(), [ten_days], JANUARY, NO_TAX)) == [Decimal("10.00")]


def test_the_tax_is_that_of_the_day_of_billing() -> None:
    rates = TaxRates(
        [("VAT", date(2000, 1, 1), Decimal("0.19")), ("VAT", date(2026, 2, 1), Decimal("0.2"))]
    )
    advance = subscription(timing=BillingTiming.ADVANCE)

    assert bill(advance, [item(tax="VAT")], JANUARY, rates)[0].tax_rate == Decimal("0.19")
    assert bill(subscription(), [item(tax="VAT")], JANUARY, rates)[0].tax_rate == Decimal("0.2")


def test_a_tax_without_a_rate_on_the_day_is_refused() -> None:
    future = TaxRates([("VAT", date(2027, 1, 1), Decimal("0.2"))])

    with pytest.raises(TaxRateMissingError):
        bill(subscription(), [item(tax="VAT")], JANUARY, future)


@pytest.mark.parametrize(
    ("currency", "net"), [("EUR", "3.34"), ("JPY", "3"), ("KWD", "3.336"), ("CLF", "3.3355")]
)
def test_a_line_has_the_digits_of_its_currency(currency: str, net: str) -> None:
    lines = bill(subscription(currency=currency), [item("3.3355")], JANUARY, NO_TAX)

    assert str(lines[0].net) == net


def test_tax_is_rounded_once_for_a_rate() -> None:
    lines = bill(subscription(), [item("0.12", tax="VAT")] * 3, JANUARY, VAT)

    sums = totals(lines, "EUR")

    # 20 % of 0.36 are 0.072; each line alone would give 0.02 and three of them 0.06.
    assert sums.groups == [TaxGroup("VAT", Decimal("0.2"), Decimal("0.36"), Decimal("0.07"))]
    assert (sums.net, sums.tax, sums.total) == (
        Decimal("0.36"),
        Decimal("0.07"),
        Decimal("0.43"),
    )


def test_a_line_without_tax_is_in_no_group() -> None:
    sums = totals(bill(subscription(), [item("5.00")], JANUARY, VAT), "EUR")

    assert (sums.total, sums.tax) == (Decimal("5.00"), Decimal(0))
    assert not sums.groups


def test_less_than_nothing_is_no_invoice() -> None:
    with pytest.raises(NegativeInvoiceError):
        totals(bill(subscription(), [item(agreed="-1.00")], JANUARY, NO_TAX), "EUR")


def test_the_customers_terms_go_before_the_tenants() -> None:
    assert due_on(date(2026, 1, 31), None, 14) == date(2026, 2, 14)
    assert due_on(date(2026, 1, 31), 0, 14) == date(2026, 1, 31)


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    days=st.integers(1, 800),
    timing=st.sampled_from(BillingTiming),
    cycle=st.sampled_from([c for c in BillingCycle if c is not BillingCycle.ONE_TIME]),
)
def test_the_bills_of_a_subscription_cover_its_days_once(
    start: date, days: int, timing: BillingTiming, cycle: BillingCycle
) -> None:
    end = date.fromordinal(start.toordinal() + days)
    due = DueSubscription(
        id=SOMEBODY,
        customer_id=SOMEBODY,
        currency="EUR",
        cycle=cycle,
        timing=timing,
        time_zone="UTC",
        start_on=start,
        anchor_on=start,
        end_on=end,
        next_period=0,
        next_bill_on=start
        if timing is BillingTiming.ADVANCE
        else min(period(start, cycle, 0)[1], end),
        terms_days=None,
    )

    bills = list(upcoming(due, [item()], NO_TAX))

    assert (bills[0].period_start, bills[-1].period_end) == (start, end)
    assert all(a.period_end == b.period_start for a, b in pairwise(bills))
    assert all(a.bill_on < b.bill_on for a, b in pairwise(bills))
    assert bills[-1].next_bill_on is None

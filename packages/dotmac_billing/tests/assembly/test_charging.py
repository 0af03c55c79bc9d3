"""What due items come to, from the item to the totals of the invoice."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.assembly.decision import Facts, Waiting
from dotmac_billing.assembly.errors import PriceCurrencyMissingError
from dotmac_billing.assembly.item import BilledItem, priced
from dotmac_billing.assembly.line import Charge
from dotmac_billing.catalog.terms import BillingCycle, BillingTiming
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.settings.due import due_on
from dotmac_billing.tax.errors import TaxRateMissingError

from .builders import SOMEBODY, drafts, item, of_nobody, subscription, taxes

JANUARY = date(2026, 1, 1)
FEBRUARY = date(2026, 2, 1)
AHEAD = BillingTiming.ADVANCE
VAT = taxes(("VAT", date(2000, 1, 1), "0.2"))


def nets(*items: BilledItem, start: date = JANUARY, end: date | None = None) -> list[Decimal]:
    """The net amounts of the first invoice."""
    made = drafts(subscription(items, start=start, end=end), items, FEBRUARY)
    return [line.net for line in made[0].lines] if made else []


def test_a_whole_period_costs_the_price() -> None:
    assert nets(item("49.90")) == [Decimal("49.90")]


def test_a_price_is_for_each_unit() -> None:
    assert nets(item("4.333", quantity="3")) == [Decimal("13.00")]  # 12.999, rounded once


def test_an_agreed_price_goes_before_the_list_price() -> None:
    assert nets(item("49.90", agreed="0")) == [Decimal(0)]


def test_a_subscription_in_arrears_that_ended_is_charged_by_the_day() -> None:
    assert nets(item("31.00"), end=date(2026, 1, 11)) == [Decimal("31.00") * 10 / 31]


def test_a_component_without_proration_is_charged_in_full() -> None:
    assert nets(item("31.00", is_prorated=False), end=date(2026, 1, 11)) == [Decimal("31.00")]


def test_an_item_is_charged_for_its_own_days() -> None:
    ten_days = item("31.00", starts=date(2026, 1, 6), ends=date(2026, 1, 16))
    always = item("0")

    assert nets(ten_days, always)[0] == Decimal("10.00")


def test_the_tax_is_that_of_the_day_of_billing() -> None:
    law = taxes(("VAT", date(2000, 1, 1), "0.19"), ("VAT", FEBRUARY, "0.2"))
    ahead, after = item(tax="VAT", timing=AHEAD), item(tax="VAT")

    first_ahead = drafts(subscription([ahead]), [ahead], FEBRUARY, law)[0]
    first_after = drafts(subscription([after]), [after], FEBRUARY, law)[0]

    assert first_ahead.lines[0].tax_rate == Decimal("0.19")
    assert first_after.lines[0].tax_rate == Decimal("0.2")


def test_a_tax_without_a_rate_on_the_day_is_refused() -> None:
    law = taxes(("VAT", date(2027, 1, 1), "0.2"))
    taxed = [item(tax="VAT")]

    with pytest.raises(TaxRateMissingError):
        drafts(subscription(taxed), taxed, FEBRUARY, law)


@pytest.mark.parametrize(
    ("currency", "net"), [("EUR", "3.34"), ("JPY", "3"), ("KWD", "3.336"), ("CLF", "3.3355")]
)
def test_a_line_has_the_digits_of_its_currency(currency: str, net: str) -> None:
    items = [item("3.3355", currency=currency)]

    made = drafts(subscription(items, currency=currency), items, FEBRUARY)

    assert str(made[0].lines[0].net) == net


def test_a_price_in_another_currency_is_missed() -> None:
    dollars = item(currency="USD").priced.component

    with pytest.raises(PriceCurrencyMissingError):
        priced(dollars, SOMEBODY, "EUR")


def test_tax_is_rounded_once_for_a_rate() -> None:
    items = [item("0.12", tax="VAT") for _ in range(3)]

    sums = drafts(subscription(items), items, FEBRUARY, VAT)[0].totals

    # 20 % of 0.36 are 0.072; each line alone would give 0.02 and three of them 0.06.
    assert [(tax.tax_code, tax.rate, tax.net, tax.tax) for tax in sums.taxes] == [
        ("VAT", Decimal("0.2"), Decimal("0.36"), Decimal("0.07"))
    ]
    assert (sums.net, sums.tax, sums.total) == (Decimal("0.36"), Decimal("0.07"), Decimal("0.43"))


def test_a_price_with_tax_in_it_keeps_its_total() -> None:
    items = [item("9.99", tax="VAT", includes_tax=True)]

    draft = drafts(subscription(items), items, FEBRUARY, VAT)[0]

    # 9.99 * 0.2 / 1.2 = 1.665
    assert draft.totals[:3] == (Decimal("8.32"), Decimal("1.67"), Decimal("9.99"))
    assert (draft.lines[0].gross, draft.lines[0].net) == (Decimal("9.99"), Decimal("8.32"))


def test_a_line_without_tax_is_in_no_group() -> None:
    items = [item("5.00")]

    sums = drafts(subscription(items), items, FEBRUARY, VAT)[0].totals

    assert (sums.total, sums.tax, sums.taxes) == (Decimal("5.00"), Decimal(0), [])


def test_what_a_phase_takes_off_is_a_discount_of_the_line() -> None:
    items = [item("10.00", off="0.25", tax="VAT")]

    draft = drafts(subscription(items), items, FEBRUARY, VAT)[0]

    assert (draft.lines[0].gross, draft.lines[0].discount) == (Decimal("10.00"), Decimal("2.50"))
    assert draft.totals.discount == Decimal("2.50")
    assert draft.totals[:3] == (Decimal("7.50"), Decimal("1.50"), Decimal("9.00"))


GRADUATED = {"tiers": [{"up_to": "100", "unit_price": "0"}, {"up_to": None, "unit_price": "0.015"}]}


def test_usage_is_charged_by_its_model_and_explained() -> None:
    usage = item(model=ChargeModel.GRADUATED, parameters=GRADUATED, meter="gigabytes")
    owner = subscription([usage])
    used = {(owner.id, usage.item_id, JANUARY): Measured(Decimal(150))}
    facts = Facts(lambda _: of_nobody(VAT), measured=used)

    line = drafts(owner, [usage], FEBRUARY, facts=facts)[0].lines[0]

    assert (line.kind, line.quantity, line.net) == ("usage", Decimal(150), Decimal("0.75"))
    assert line.explanation is not None
    assert '"0.015"' in line.explanation


@pytest.mark.parametrize(
    ("used", "unit_price"),
    [
        ("3", "33333333.333333333333"),
        ("0", "0"),
        ("0.000000001", "0"),  # 10^17 a unit is no price
    ],
)
def test_what_a_unit_comes_to_has_the_digits_of_a_price(used: str, unit_price: str) -> None:
    fee = {"tiers": [{"up_to": None, "flat_fee": "100000000"}]}
    licence = item(model=ChargeModel.STAIRSTEP, parameters=fee, meter="used")
    owner = subscription([licence])
    facts = Facts(
        lambda _: of_nobody(taxes()),
        measured={(owner.id, licence.item_id, JANUARY): Measured(Decimal(used))},
    )

    [line] = drafts(owner, [licence], FEBRUARY, facts=facts)[0].lines

    assert (line.net, line.unit_price) == (Decimal("100000000.00"), Decimal(unit_price))


def test_a_commitment_that_is_not_reached_is_a_line_of_its_own() -> None:
    usage = item(
        model=ChargeModel.PER_UNIT,
        parameters={"unit_price": "1", "minimum": "31.00"},
        meter="calls",
    )
    owner = subscription([usage], end=date(2026, 1, 11))
    used = {(owner.id, usage.item_id, JANUARY): Measured(Decimal(4))}
    facts = Facts(lambda _: of_nobody(VAT), measured=used)

    lines = drafts(owner, [usage], FEBRUARY, facts=facts)[0].lines

    # Of the 31.00 for all of January, ten days are 10.00; 4.00 of them were used.
    assert [(line.kind, line.net) for line in lines] == [
        ("usage", Decimal("4.00")),
        ("minimum", Decimal("6.00")),
    ]


def waiting(amount: str, *, bill_from: date = JANUARY, kind: LineKind = LineKind.CREDIT) -> Waiting:
    charge = Charge(
        kind=kind,
        subscription_id=None,
        plan_id=None,
        item_id=None,
        component_id=None,
        component_code=None,
        description="Credit",
        quantity=Decimal(1),
        unit_price=Decimal(amount),
        amount=Decimal(amount),
        own_off=Decimal(0),
        tax_code=None,
        includes_tax=False,
        period_start=None,
        period_end=None,
    )
    return Waiting(charge, "EUR", bill_from)


def test_a_waiting_line_is_on_the_next_invoice_and_only_there() -> None:
    base = [item("10.00", timing=AHEAD)]
    owner = subscription(base)
    facts = Facts(lambda _: of_nobody(VAT), waiting={owner.id: [waiting("-3.00")]})

    made = drafts(owner, base, FEBRUARY, facts=facts)

    assert [draft.totals.total for draft in made] == [Decimal("7.00"), Decimal("10.00")]


def test_a_waiting_line_waits_for_its_day() -> None:
    base = [item("10.00", timing=AHEAD)]
    owner = subscription(base)
    line = waiting("-3.00", bill_from=date(2026, 1, 15))
    facts = Facts(lambda _: of_nobody(VAT), waiting={owner.id: [line]})

    made = drafts(owner, base, FEBRUARY, facts=facts)

    assert [draft.totals.total for draft in made] == [Decimal("10.00"), Decimal("7.00")]


def test_more_credit_than_charges_makes_a_negative_invoice() -> None:
    base = [item("10.00", timing=AHEAD)]
    owner = subscription(base)
    facts = Facts(lambda _: of_nobody(VAT), waiting={owner.id: [waiting("-30.00")]})

    assert drafts(owner, base, JANUARY, facts=facts)[0].totals.total == Decimal("-20.00")


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
    items = [item(cycle=cycle, timing=timing)]

    bills = drafts(subscription(items, start=start, end=end), items, date(2200, 1, 1))

    assert (bills[0].period_start, bills[-1].period_end) == (start, end)
    assert all(a.period_end == b.period_start for a, b in pairwise(bills))
    assert all(a.bill_on < b.bill_on for a, b in pairwise(bills))


@pytest.mark.parametrize(
    ("limits", "quantity", "amounts"),
    [
        ({"maximum": "50"}, "4", ["8.00"]),
        ({"maximum": "50"}, "40", ["50"]),
        ({"minimum": "30"}, "4", ["8.00", "22.00"]),
    ],
)
def test_an_agreed_price_holds_within_the_limits_of_the_listed_one(
    limits: dict[str, object], quantity: str, amounts: list[str]
) -> None:
    seat = item(agreed="2.00", quantity=quantity, parameters={"unit_price": "9.00", **limits})

    [draft] = drafts(subscription([seat], end=date(2026, 2, 1)), [seat], date(2026, 2, 1))

    assert [line.net for line in draft.lines] == [Decimal(amount) for amount in amounts]


def test_usage_is_charged_at_the_agreed_price() -> None:
    traffic = item(agreed="0.50", meter="traffic", parameters={"unit_price": "2"})
    owner = subscription([traffic], end=date(2026, 2, 1))
    used = {(owner.id, traffic.item_id, date(2026, 1, 1)): Measured(Decimal(7))}

    [draft] = drafts(
        owner, [traffic], date(2026, 2, 1), facts=Facts(lambda _: of_nobody(taxes()), used)
    )

    assert draft.totals.net == Decimal("3.50")

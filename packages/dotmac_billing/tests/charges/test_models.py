from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from dotmac_billing.charges.errors import NegativeUsageError, UsageNotMeasuredError
from dotmac_billing.charges.measured import Measured, Need
from dotmac_billing.charges.names import PRICING_MODELS, ChargeModel
from dotmac_billing.charges.price import Price, windows_of
from packages.dotmac_billing.tests.charges.prices import costs, price, tiers

API_CALLS = tiers(("100", "0.10", "0"), ("1000", "0.05", "5"), (None, "0.01", "0"))
BANDS = [{"up_to": "10", "flat_fee": "20"}, {"up_to": None, "flat_fee": "50"}]
FUNDS = tiers(("1000", "0.01", "0"), (None, "0.005", "2"), unit="rate")
PEAK = {"name": "peak", "days": ["mon", "tue"], "from": "08:00", "to": "20:00", "unit_price": "0.3"}


@pytest.mark.parametrize(
    ("model", "parameters", "quantity", "amount"),
    [
        ("flat", {"price": "49.90"}, "0", "49.90"),
        ("flat", {"price": "49.90"}, "3", "49.90"),
        ("per_unit", {"unit_price": "0.0125"}, "3", "0.0375"),
        ("per_unit", {"unit_price": "0.0125"}, "0", "0"),
        ("per_unit", {"unit_price": "2"}, "0.000000001", "0.000000002"),
        ("graduated", {"tiers": API_CALLS}, "100", "10"),  # the bound belongs to its tier
        ("graduated", {"tiers": API_CALLS}, "101", "15.05"),  # 100 x 0.10 + 5 + 1 x 0.05
        ("graduated", {"tiers": API_CALLS}, "100.5", "15.025"),  # split at the bound
        ("graduated", {"tiers": API_CALLS}, "1001", "60.01"),  # 10 + 5 + 900 x 0.05 + 0.01
        ("volume", {"tiers": API_CALLS}, "100", "10"),
        ("volume", {"tiers": API_CALLS}, "101", "10.05"),  # 101 x 0.05 + 5
        ("volume", {"tiers": API_CALLS}, "1001", "10.01"),
        ("stairstep", {"tiers": BANDS}, "0.1", "20"),
        ("stairstep", {"tiers": BANDS}, "10", "20"),
        ("stairstep", {"tiers": BANDS}, "10.000000001", "50"),
        ("package", {"size": "100", "price": "5", "free_units": "100"}, "100", "0"),
        ("package", {"size": "100", "price": "5", "free_units": "100"}, "201", "10"),
        ("package", {"size": "100", "price": "5"}, "0.5", "5"),
        ("package", {"size": "100", "price": "5", "rounding": "down"}, "199.9", "5"),
        ("package", {"size": "100", "price": "5", "rounding": "down"}, "200", "10"),
        ("percentage", {"rate": "0.012"}, "1000", "12"),
        ("percentage", {"rate": "0.012", "free_amount": "500"}, "400", "0"),
        ("percentage", {"rate": "0.012", "free_amount": "500"}, "1500", "12"),
        ("graduated_percentage", {"tiers": FUNDS}, "1000", "10"),
        ("graduated_percentage", {"tiers": FUNDS}, "3000", "22"),  # 10 + 2 + 2000 x 0.005
    ],
)
def test_what_a_quantity_costs(
    model: str, parameters: Mapping[str, object], quantity: str, amount: str
) -> None:
    assert costs(price(model, **parameters), quantity) == Decimal(amount)


@pytest.mark.parametrize(
    ("model", "amount"), [("graduated", "7"), ("volume", "7"), ("stairstep", "7")]
)
def test_the_first_flat_fee_is_charged_at_zero_use_unless_the_price_says_not(
    model: str, amount: str
) -> None:
    row = {"up_to": None, "flat_fee": "7"}

    assert costs(price(model, tiers=[row]), "0") == Decimal(amount)
    assert costs(price(model, tiers=[row], flat_fee_at_zero=False), "0") == 0
    assert costs(price(model, tiers=[row], flat_fee_at_zero=False), "0.1") == Decimal(amount)


def transactions(*values: str) -> Measured:
    each = tuple(Decimal(value) for value in values)
    return Measured(sum(each, Decimal(0)), values=each)


@pytest.mark.parametrize(
    ("parameters", "values", "amount"),
    [
        ({"fixed_fee": "0.25"}, ("100", "50"), "3.50"),  # 2 % of 150 + 2 x 0.25
        ({"fixed_fee": "0.25"}, (), "0"),
        ({"fixed_fee": "0.25"}, ("0",), "0.25"),
        ({"fixed_fee": "0.25", "free_units": "1"}, ("100", "50"), "1.25"),
        ({"free_units": "3"}, ("100", "50"), "0"),
        # Half of the second one is free, its fixed fee is not.
        ({"fixed_fee": "0.25", "free_amount": "125"}, ("100", "50"), "0.75"),
        ({"fixed_fee": "0.25", "free_amount": "150"}, ("100", "50"), "0"),
        # Whichever allowance ends first.
        ({"free_units": "1", "free_amount": "1000"}, ("100", "50"), "1"),
        ({"free_units": "2", "free_amount": "40"}, ("100", "50"), "2.2"),
        ({"minimum_per_transaction": "1"}, ("10", "100"), "3"),  # 0.20 raised to 1, and 2
        ({"maximum_per_transaction": "1"}, ("10", "100"), "1.2"),
        ({"fixed_fee": "0.9", "maximum_per_transaction": "1"}, ("10",), "1"),
        ({"free_units": "1", "minimum_per_transaction": "1"}, ("10", "10"), "1"),
    ],
)
def test_what_transactions_cost_at_two_percent(
    parameters: Mapping[str, object], values: tuple[str, ...], amount: str
) -> None:
    cost = price("percentage", rate="0.02", **parameters).charge(transactions(*values))

    assert cost.amount == Decimal(amount)


def test_a_dynamic_price_is_what_the_events_bring_times_the_multiplier() -> None:
    usage = Measured(Decimal(22), amount=Decimal("3.45"))

    assert price("dynamic").charge(usage).amount == Decimal("3.45")
    assert price("dynamic", multiplier="1.2").charge(usage).amount == Decimal("4.140")


@pytest.mark.parametrize(
    ("quantity", "amount"),
    [("0", "30"), ("500", "30"), ("500.5", "30.05"), ("620", "42")],
)
def test_prepaid_with_overage_per_unit(quantity: str, amount: str) -> None:
    overage = {"model": "per_unit", "unit_price": "0.10"}

    prepaid = price("prepaid", included="500", price="30", overage=overage)

    assert costs(prepaid, quantity) == Decimal(amount)


def test_tiers_of_an_overage_begin_above_what_is_included() -> None:
    overage = {"model": "graduated", "tiers": API_CALLS}
    prepaid = price("prepaid", included="500", price="30", overage=overage)

    assert costs(prepaid, "500") == Decimal(30)
    assert costs(prepaid, "600") == Decimal(40)
    assert costs(prepaid, "601") == Decimal("45.05")


def test_each_window_has_its_price() -> None:
    electricity = price("time_of_use", windows=[PEAK], otherwise_unit_price="0.1")
    used = Measured(Decimal(15), by_window={"peak": Decimal(10), "otherwise": Decimal(5)})

    assert electricity.charge(used).amount == Decimal("3.5")
    assert electricity.charge(Measured(Decimal(0))).amount == 0


def test_a_cap_cuts_and_says_so() -> None:
    capped = price("per_unit", unit_price="2", maximum="10")

    assert costs(capped, "5") == 10
    charged = capped.charge(Measured(Decimal(8)))
    assert charged.amount == 10
    assert [step.kind for step in charged.steps] == ["unit", "cap"]
    assert [step.amount for step in charged.steps] == [16, -6]


def test_a_minimum_is_told_and_not_charged() -> None:
    committed = price("per_unit", unit_price="2", minimum="100", maximum="500")

    assert committed.minimum == 100
    assert costs(committed, "5") == 10
    assert price("per_unit", unit_price="2").minimum is None


@pytest.mark.parametrize(
    ("model", "parameters", "needs"),
    [
        ("flat", {"price": "1"}, Need.TOTAL),
        ("percentage", {"rate": "0.1", "free_amount": "5"}, Need.TOTAL),
        ("percentage", {"rate": "0.1", "fixed_fee": "5"}, Need.VALUES),
        ("percentage", {"rate": "0.1", "maximum": "5", "free_units": 2}, Need.VALUES),
        ("dynamic", {}, Need.AMOUNT),
        ("time_of_use", {"windows": [PEAK], "otherwise_unit_price": "0"}, Need.WINDOWS),
    ],
)
def test_what_a_price_must_know(model: str, parameters: Mapping[str, object], needs: Need) -> None:
    assert price(model, **parameters).needs == {needs}


def test_windows_are_found_also_below_a_cap() -> None:
    electricity = price("time_of_use", windows=[PEAK], otherwise_unit_price="0", maximum="9")

    windows = windows_of(electricity)

    assert windows is not None
    assert set(windows.names) == {"peak", "otherwise"}
    assert windows_of(price("flat", price="1", maximum="9")) is None


ONE_OF_EACH: dict[str, dict[str, object]] = {
    "flat": {"price": "1"},
    "per_unit": {"unit_price": "1"},
    "graduated": {"tiers": API_CALLS},
    "volume": {"tiers": API_CALLS},
    "stairstep": {"tiers": BANDS},
    "package": {"size": "1", "price": "1"},
    "percentage": {"rate": "0.1"},
    "graduated_percentage": {"tiers": FUNDS},
    "dynamic": {},
    "prepaid": {
        "included": "1",
        "price": "1",
        "overage": {"model": "stairstep", "tiers": BANDS},
    },
    "time_of_use": {"windows": [PEAK], "otherwise_unit_price": "0"},
}


@pytest.mark.parametrize("model", ONE_OF_EACH)
def test_every_model_takes_a_minimum_and_a_cap(model: str) -> None:
    parameters = ONE_OF_EACH[model]

    limited = price(model, **parameters, minimum="0.5", maximum="0.75")

    usage = Measured(Decimal(3), Decimal(3), (Decimal(3),), {"peak": Decimal(3)})
    assert limited.minimum == Decimal("0.5")
    assert limited.needs == price(model, **parameters).needs
    assert limited.charge(usage).amount <= Decimal("0.75")


@pytest.mark.parametrize(
    "unmeasured",
    [
        price("percentage", rate="0.1", fixed_fee="1"),
        price("time_of_use", windows=[PEAK], otherwise_unit_price="1"),
    ],
)
def test_usage_without_what_the_price_needs_is_refused_and_not_free(unmeasured: Price) -> None:
    with pytest.raises(UsageNotMeasuredError):
        unmeasured.charge(Measured(Decimal(3)))


def test_usage_in_a_window_that_the_price_does_not_have_is_refused() -> None:
    electricity = price("time_of_use", windows=[PEAK], otherwise_unit_price="0.1")

    with pytest.raises(UsageNotMeasuredError):
        electricity.charge(Measured(Decimal(1), by_window={"night": Decimal(1)}))


@pytest.mark.parametrize(
    ("refusing", "usage"),
    [
        (price("flat", price="1"), Measured(Decimal(-1))),
        (price("per_unit", unit_price="1"), Measured(Decimal("-0.000000001"))),
        (price("graduated", tiers=API_CALLS), Measured(Decimal(-1))),
        (price("volume", tiers=API_CALLS), Measured(Decimal(-1))),
        (price("stairstep", tiers=BANDS), Measured(Decimal(-1))),
        (price("package", size="1", price="1"), Measured(Decimal(-1))),
        (price("percentage", rate="0.1"), Measured(Decimal(-1))),
        (price("percentage", rate="0.1", fixed_fee="1"), transactions("5", "-1")),
        (price("dynamic"), Measured(Decimal(1), amount=Decimal(-1))),
        (
            price("time_of_use", windows=[PEAK], otherwise_unit_price="1"),
            Measured(Decimal(0), by_window={"peak": Decimal(-1)}),
        ),
    ],
)
def test_less_than_nothing_is_refused(refusing: Price, usage: Measured) -> None:
    with pytest.raises(NegativeUsageError):
        refusing.charge(usage)


def test_the_founding_names_stand_for_models() -> None:
    assert PRICING_MODELS["tiered"] == (ChargeModel.GRADUATED,)
    assert PRICING_MODELS["hybrid"] == (ChargeModel.FLAT, ChargeModel.PER_UNIT)

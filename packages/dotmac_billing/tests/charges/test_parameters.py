from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from dotmac_billing.charges.errors import InvalidPriceError
from dotmac_billing.charges.names import ChargeModel
from dotmac_billing.charges.price import compile_price
from dotmac_core_ops.money import InvalidCurrencyError
from packages.dotmac_billing.tests.charges.prices import costs, price, tiers

WINDOW = {"name": "peak", "days": ["mon"], "from": "08:00", "to": "20:00", "unit_price": "1"}


def windows(*changes: Mapping[str, object]) -> dict[str, object]:
    return {"windows": [{**WINDOW, **change} for change in changes], "otherwise_unit_price": "0"}


@pytest.mark.parametrize(
    ("model", "parameters", "path"),
    [
        ("flat", {}, "price"),
        ("flat", {"price": None}, "price"),
        ("flat", {"price": ""}, "price"),
        ("flat", {"price": "12,50"}, "price"),
        ("flat", {"price": "1e3"}, "price"),
        ("flat", {"price": " 1"}, "price"),
        ("flat", {"price": "NaN"}, "price"),
        ("flat", {"price": "1" * 40}, "price"),
        ("flat", {"price": 0.1}, "price"),
        ("flat", {"price": True}, "price"),
        ("flat", {"price": Decimal("Infinity")}, "price"),
        ("flat", {"price": "-1"}, "price"),
        ("flat", {"price": "1000000000000.01"}, "price"),
        ("flat", {"price": "0.0000000000001"}, "price"),
        ("flat", {"price": Decimal("1E-13")}, "price"),
        ("flat", {"price": "1", "unit_price": "1"}, "unit_price"),
        ("flat", {"price": "1", "minimum": "x"}, "minimum"),
        ("flat", {"price": "1", "minimum": "10", "maximum": "9.99"}, "maximum"),
        ("per_unit", {"price": "1"}, "unit_price"),
        ("graduated", {}, "tiers"),
        ("graduated", {"tiers": []}, "tiers"),
        ("graduated", {"tiers": {}}, "tiers"),
        ("graduated", {"tiers": ["1"]}, "tiers.0"),
        ("graduated", {"tiers": tiers(("5", "1", "0"))}, "tiers.0.up_to"),
        ("graduated", {"tiers": tiers((None, "1", "0"), (None, "1", "0"))}, "tiers.0.up_to"),
        ("graduated", {"tiers": tiers(("0", "1", "0"), (None, "1", "0"))}, "tiers.0.up_to"),
        (
            "graduated",
            {"tiers": tiers(("5", "1", "0"), ("5", "1", "0"), (None, "1", "0"))},
            "tiers.1.up_to",
        ),
        ("graduated", {"tiers": [{"up_to": None}]}, "tiers.0.unit_price"),
        ("graduated", {"tiers": [{"up_to": None, "unit_price": "x"}]}, "tiers.0.unit_price"),
        ("graduated", {"tiers": [{"up_to": None, "rate": "0.1", "flat_fee": 1}]}, "tiers.0.rate"),
        ("volume", {"tiers": [{"unit_price": "1"}], "flat_fee_at_zero": "no"}, "flat_fee_at_zero"),
        ("stairstep", {"tiers": [{"up_to": None}]}, "tiers.0.flat_fee"),
        ("stairstep", {"tiers": tiers((None, "1", "0"))}, "tiers.0.unit_price"),
        ("graduated_percentage", {"tiers": tiers((None, "2", "0"), unit="rate")}, "tiers.0.rate"),
        ("package", {"size": "0", "price": "1"}, "size"),
        ("package", {"size": "1.0000000001", "price": "1"}, "size"),
        ("package", {"size": "1", "price": "1", "rounding": "nearest"}, "rounding"),
        ("percentage", {"rate": "2.9"}, "rate"),
        ("percentage", {"rate": "0.1", "free_units": "1.5"}, "free_units"),
        ("percentage", {"rate": "0.1", "free_amount": "0"}, "free_amount"),
        (
            "percentage",
            {"rate": "0.1", "minimum_per_transaction": "2", "maximum_per_transaction": "1"},
            "maximum_per_transaction",
        ),
        ("dynamic", {"multiplier": "-1"}, "multiplier"),
        ("prepaid", {"included": "1", "price": "1"}, "overage"),
        ("prepaid", {"included": "1", "price": "1", "overage": "flat"}, "overage"),
        (
            "prepaid",
            {"included": "1", "price": "1", "overage": {"model": "dynamic"}},
            "overage.model",
        ),
        (
            "prepaid",
            {"included": "1", "price": "1", "overage": {"model": "flat", "price": "x"}},
            "overage.price",
        ),
        (
            "prepaid",
            {
                "included": "1",
                "price": "1",
                "overage": {"model": "flat", "price": "1", "maximum": "1"},
            },
            "overage.maximum",
        ),
        ("time_of_use", {"windows": [WINDOW]}, "otherwise_unit_price"),
        ("time_of_use", windows({"name": "otherwise"}), "windows.0.name"),
        ("time_of_use", windows({"name": 7}), "windows.0.name"),
        ("time_of_use", windows({}, {}), "windows.1.name"),
        ("time_of_use", windows({"days": ["monday"]}), "windows.0.days"),
        ("time_of_use", windows({"days": "mon"}), "windows.0.days"),
        ("time_of_use", windows({"days": ["mon", "mon"]}), "windows.0.days"),
        ("time_of_use", windows({"from": "8:00"}), "windows.0.from"),
        ("time_of_use", windows({"to": "24:30"}), "windows.0.to"),
        ("time_of_use", windows({"to": "08:00"}), "windows.0.to"),
        ("time_of_use", windows({"from": "24:00"}), "windows.0.to"),
        ("time_of_use", windows({}, {"name": "b", "from": "19:59"}), "windows.1.from"),
        ("time_of_use", windows({"zone": "Europe/Vienna"}), "windows.0.zone"),
        ("custom", {}, "rule"),
        ("custom", {"rule": "nobody_has_this_one"}, "rule"),
    ],
)
def test_a_mistake_is_refused_with_its_path(
    model: str, parameters: Mapping[str, object], path: str
) -> None:
    with pytest.raises(InvalidPriceError) as refusal:
        price(model, **parameters)

    assert refusal.value.field == path
    assert refusal.value.details == {"field": path}


def test_parameters_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(InvalidPriceError):
        compile_price(ChargeModel.FLAT, ["price"], currency="EUR")  # type: ignore[arg-type] # on purpose


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(InvalidCurrencyError):
        compile_price(ChargeModel.FLAT, {"price": "1"}, currency="EURO")


@pytest.mark.parametrize("given", ["49.90", Decimal("49.90"), "49.900000000000"])
def test_a_number_is_read_exactly(given: object) -> None:
    assert costs(price("flat", price=given), "1") == Decimal("49.90")


def test_a_whole_number_needs_no_quotes() -> None:
    assert costs(price("flat", price=49), "1") == 49


def test_null_is_as_good_as_left_out() -> None:
    row = {"up_to": None, "unit_price": "1", "flat_fee": None}

    assert costs(price("graduated", tiers=[row], minimum=None, maximum=None), "2") == 2

from __future__ import annotations

import json
from decimal import Decimal

from dotmac_billing.charges.explained import Charged, Step, explanation_json
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.names import ChargeModel
from packages.dotmac_billing.tests.charges.prices import price, tiers


def test_the_steps_show_what_each_tier_costs() -> None:
    graduated = price("graduated", tiers=tiers(("100", "0.10", "0"), (None, "0.05", "5")))

    charged = graduated.charge(Measured(Decimal("250.5")))

    assert json.loads(explanation_json(ChargeModel.GRADUATED, charged)) == {
        "model": "graduated",
        "amount": "22.525",
        "steps": [
            {
                "kind": "tier",
                "quantity": "100",
                "unit_price": "0.1",
                "amount": "10",
                "first": "0",
                "last": "100",
            },
            {
                "kind": "tier",
                "quantity": "150.5",
                "unit_price": "0.05",
                "amount": "7.525",
                "first": "100",
            },
            {
                "kind": "flat_fee",
                "quantity": "1",
                "unit_price": "5",
                "amount": "5",
                "first": "100",
            },
        ],
    }


def test_free_and_charged_transactions_are_shown_apart() -> None:
    percentage = price("percentage", rate="0.02", fixed_fee="0.25", free_units="1")

    charged = percentage.charge(Measured(Decimal(150), values=(Decimal(100), Decimal(50))))

    assert charged.steps == (
        Step("free", Decimal(100), Decimal(0), Decimal(0)),
        Step("rate", Decimal(50), Decimal("0.02"), Decimal("1.00")),
        Step("fixed_fee", Decimal(1), Decimal("0.25"), Decimal("0.25")),
    )


def test_packages_and_overage_say_what_they_are() -> None:
    overage = {"model": "package", "size": "10", "price": "3"}
    prepaid = price("prepaid", included="5", price="20", overage=overage)

    charged = prepaid.charge(Measured(Decimal(17)))

    assert charged.steps == (
        Step("included", Decimal(5), None, Decimal(20), last=Decimal(5)),
        Step("package", Decimal(2), Decimal(3), Decimal(6), label="overage"),
    )


def test_numbers_are_written_without_exponent_and_needless_zeros() -> None:
    step = Step("unit", Decimal("1E+3"), Decimal("0.10"), Decimal("-0.00"), label='"quoted" ü')

    text = explanation_json(ChargeModel.PER_UNIT, Charged(Decimal("1E-12"), (step,)))

    explanation = json.loads(text)
    assert explanation["amount"] == "0.000000000001"
    assert explanation["steps"] == [
        {
            "kind": "unit",
            "quantity": "1000",
            "unit_price": "0.1",
            "amount": "0",
            "label": '"quoted" ü',
        }
    ]
    assert text.isascii()

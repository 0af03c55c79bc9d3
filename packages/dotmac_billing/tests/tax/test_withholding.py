from datetime import date
from decimal import Decimal

import pytest

from dotmac_billing.tax.withholding import Basis, Withheld, Withholding, withheld

LONG_AGO = date(2000, 1, 1)
TODAY = date(2026, 11, 20)
LINES = [
    ("services", Decimal("1000.00"), Decimal("180.00")),
    ("goods", Decimal("500.00"), Decimal("90.00")),
    (None, Decimal("0.33"), Decimal("0.00")),
]


def rule(rate: str, basis: Basis = Basis.NET, category: str | None = None) -> Withholding:
    return Withholding("TDS", Decimal(rate), basis, category, LONG_AGO, None)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], []),
        ([rule("0.1", category="services")], [("1000.00", "100.00")]),
        ([rule("0.1", Basis.TOTAL, "services")], [("1180.00", "118.00")]),
        ([rule("0.015")], [("1500.33", "22.50")]),  # 22.50495
        ([rule("0.1", category="travel")], []),
        (
            [rule("0.1", category="services"), rule("0.02", category="goods")],
            [("1000.00", "100.00"), ("500.00", "10.00")],
        ),
        ([rule("0.1")._replace(valid_until=TODAY)], []),
        ([rule("0.1")._replace(valid_from=date(2026, 11, 21))], []),
    ],
)
def test_what_is_kept_back(rules: list[Withholding], expected: list[tuple[str, str]]) -> None:
    found = withheld(LINES, rules, TODAY, "INR")

    assert found == [
        Withheld("TDS", rules[i].rate, Decimal(base), Decimal(amount))
        for i, (base, amount) in enumerate(expected)
    ]


def test_nothing_is_kept_back_of_a_credit() -> None:
    assert withheld([(None, Decimal(-10), Decimal(0))], [rule("0.1")], TODAY, "EUR") == []

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import windows_of
from dotmac_billing.simulation.used import NOTHING, ImaginedUsage, Use, measured
from dotmac_billing.subscriptions.periods import Period
from packages.dotmac_billing.tests.charges.prices import price

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
PEAK = {"name": "peak", "days": ["mon"], "from": "08:00", "to": "20:00", "unit_price": "1"}


def use(at: str, quantity: str, amount: str = "0") -> Use:
    return Use(datetime.fromisoformat(at), Decimal(quantity), Decimal(amount))


@pytest.mark.parametrize(("n", "quantity"), [(0, 100), (1, 200), (2, 200), (9, 200)])
def test_the_last_total_holds_for_all_later_periods(n: int, quantity: int) -> None:
    usage = ImaginedUsage((Measured(Decimal(100)), Measured(Decimal(200))))

    assert measured(usage, MARCH, n, None).quantity == quantity


def test_uses_of_the_period_are_added_up_in_order_of_time() -> None:
    usage = ImaginedUsage(
        uses=(
            use("2026-03-31 23:59:59", "3", "0.30"),
            use("2026-03-01 00:00", "2", "0.10"),
            use("2026-02-28 23:59", "100", "9"),
            use("2026-04-01 00:00", "100", "9"),
        )
    )

    found = measured(usage, MARCH, 0, None)

    assert (found.quantity, found.amount) == (Decimal(5), Decimal("0.40"))
    assert found.values == (Decimal(2), Decimal(3))


def test_uses_are_split_by_the_windows_of_the_price() -> None:
    windows = windows_of(price("time_of_use", windows=[PEAK], otherwise_unit_price="0"))
    usage = ImaginedUsage(
        uses=(
            use("2026-03-02 08:00", "2"),
            use("2026-03-02 20:00", "5"),
            use("2026-03-09 09:00", "1"),
        )
    )

    assert measured(usage, MARCH, 0, windows).by_window == {"peak": 3, "otherwise": 5}


def test_totals_and_single_uses_are_taken_together() -> None:
    total = Measured(Decimal(10), Decimal(1), (Decimal(10),), {"peak": Decimal(10)})
    windows = windows_of(price("time_of_use", windows=[PEAK], otherwise_unit_price="0"))
    usage = ImaginedUsage((total,), (use("2026-03-02 08:00", "2", "0.5"),))

    found = measured(usage, MARCH, 0, windows)

    assert found == Measured(
        Decimal(12), Decimal("1.5"), (Decimal(10), Decimal(2)), {"peak": Decimal(12)}
    )


def test_nothing_used_is_nothing() -> None:
    assert measured(NOTHING, MARCH, 0, None) == Measured(Decimal(0))

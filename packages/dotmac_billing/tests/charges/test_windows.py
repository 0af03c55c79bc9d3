from __future__ import annotations

from datetime import datetime

import pytest

from dotmac_billing.charges.time_of_use import TimeOfUse
from packages.dotmac_billing.tests.charges.prices import price

WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def electricity() -> TimeOfUse:
    compiled = price(
        "time_of_use",
        windows=[
            window("peak", WORKDAYS, "08:00", "20:00"),
            window("night", ["fri", "sun"], "22:00", "06:00"),
            window("saturday", ["sat"], "12:00", "24:00"),
        ],
        otherwise_unit_price="0.1",
    )
    assert isinstance(compiled, TimeOfUse)
    return compiled


def window(name: str, days: list[str], start: str, end: str) -> dict[str, object]:
    return {"name": name, "days": days, "from": start, "to": end, "unit_price": "1"}


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("2026-03-02 07:59:59", "otherwise"),  # a Monday
        ("2026-03-02 08:00:00", "peak"),
        ("2026-03-02 19:59:59", "peak"),
        ("2026-03-02 20:00:00", "otherwise"),
        ("2026-03-06 22:00:00", "night"),  # Friday into Saturday
        ("2026-03-07 05:59:59", "night"),
        ("2026-03-07 06:00:00", "otherwise"),
        ("2026-03-07 23:59:59", "saturday"),
        ("2026-03-08 00:00:00", "otherwise"),
        ("2026-03-08 23:00:00", "night"),  # Sunday into Monday, over the end of the week
        ("2026-03-09 05:59:00", "night"),
        ("2026-03-09 06:00:00", "otherwise"),
    ],
)
def test_a_moment_lies_in_the_window_of_its_time_on_the_wall(local: str, name: str) -> None:
    assert electricity().window_of(datetime.fromisoformat(local)) == name


def test_a_whole_day_is_from_midnight_to_midnight() -> None:
    compiled = price(
        "time_of_use",
        windows=[window("weekend", ["sat", "sun"], "00:00", "24:00")],
        otherwise_unit_price="0",
    )
    assert isinstance(compiled, TimeOfUse)

    days = [compiled.window_of(datetime.fromisoformat(f"2026-03-0{day}")) for day in range(6, 10)]

    assert days == ["otherwise", "weekend", "weekend", "otherwise"]

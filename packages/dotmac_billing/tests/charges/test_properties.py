"""What holds for every price and every quantity, compared with fractions of whole numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.charges.exact import EXACT
from dotmac_billing.charges.measured import Measured
from dotmac_billing.charges.price import Price
from packages.dotmac_billing.tests.charges.prices import price

QUANTITIES = st.decimals(0, 10**18, places=9)
SMALL = st.decimals(0, 2000, places=9)
PRICES = st.decimals(0, 10**6, places=12)
FEES = st.decimals(0, 10**6, places=4)
RATES = st.decimals(0, 1, places=6)
BOUNDS = st.lists(st.decimals("0.000000001", 1000, places=9), max_size=5, unique=True).map(sorted)


@st.composite
def tier_rows(draw: st.DrawFn, unit: str | None = "unit_price") -> list[dict[str, object]]:
    bounds: list[Decimal | None] = [*draw(BOUNDS), None]
    each = RATES if unit == "rate" else PRICES
    rows: list[dict[str, object]] = []
    for bound in bounds:
        rows.append({"up_to": bound, "flat_fee": draw(FEES)})
        if unit is not None:
            rows[-1][unit] = draw(each)
    return rows


@st.composite
def prices(draw: st.DrawFn) -> Price:
    """A price of any model that takes plain quantities, sometimes with a cap."""
    model = draw(st.sampled_from(sorted(_PARAMETERS)))
    parameters: dict[str, object] = draw(_PARAMETERS[model])
    cap = draw(st.none() | FEES)
    return price(model, **parameters, **({} if cap is None else {"maximum": cap}))


_OVERAGES = st.one_of(
    st.fixed_dictionaries({"model": st.just("per_unit"), "unit_price": PRICES}),
    st.fixed_dictionaries({"model": st.just("graduated"), "tiers": tier_rows()}),
)
_PARAMETERS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "flat": st.fixed_dictionaries({"price": PRICES}),
    "per_unit": st.fixed_dictionaries({"unit_price": PRICES}),
    "graduated": st.fixed_dictionaries({"tiers": tier_rows(), "flat_fee_at_zero": st.booleans()}),
    "volume": st.fixed_dictionaries({"tiers": tier_rows(), "flat_fee_at_zero": st.booleans()}),
    "stairstep": st.fixed_dictionaries({"tiers": tier_rows(None)}),
    "package": st.fixed_dictionaries(
        {
            "size": st.decimals("0.000000001", 1000, places=9),
            "price": PRICES,
            "free_units": SMALL,
            "rounding": st.sampled_from(["up", "down"]),
        }
    ),
    "percentage": st.fixed_dictionaries(
        {"rate": RATES, "free_amount": st.none() | st.decimals("0.01", 2000, places=2)}
    ),
    "graduated_percentage": st.fixed_dictionaries({"tiers": tier_rows("rate")}),
    "prepaid": st.fixed_dictionaries({"included": SMALL, "price": PRICES, "overage": _OVERAGES}),
}


def amount(price: Price, quantity: Decimal) -> Fraction:
    return Fraction(price.charge(Measured(quantity)).amount)


@given(price=prices(), quantity=SMALL | QUANTITIES)
def test_the_steps_add_up_to_the_amount_exactly(price: Price, quantity: Decimal) -> None:
    charged = price.charge(Measured(quantity))

    assert sum((Fraction(step.amount) for step in charged.steps), Fraction(0)) == Fraction(
        charged.amount
    )
    assert charged.amount >= 0


@given(price=prices(), quantity=SMALL | QUANTITIES)
def test_a_step_with_a_unit_price_is_the_product(price: Price, quantity: Decimal) -> None:
    for step in price.charge(Measured(quantity)).steps:
        if step.unit_price is not None:
            assert Fraction(step.quantity) * Fraction(step.unit_price) == Fraction(step.amount)


@given(tiers=tier_rows(), quantity=SMALL | QUANTITIES)
def test_graduated_is_the_sum_of_what_lies_in_each_tier(
    tiers: list[dict[str, object]], quantity: Decimal
) -> None:
    assert amount(price("graduated", tiers=tiers), quantity) == graduated(tiers, quantity)


def graduated(tiers: list[dict[str, object]], quantity: Decimal) -> Fraction:
    """Worked out from the top: what lies above each bound costs the difference of two tiers."""
    total, above, below = Fraction(0), Fraction(0), Fraction(0)
    for index, tier in enumerate(tiers):
        each = Fraction(str(tier["unit_price"]))
        rest = max(Fraction(0), Fraction(quantity) - above)
        total += rest * (each - below)
        if rest or index == 0:
            total += Fraction(str(tier["flat_fee"]))
        below = each
        above = above if tier["up_to"] is None else Fraction(str(tier["up_to"]))
    return total


@given(tiers=tier_rows(), quantities=st.tuples(SMALL, SMALL).map(sorted))
def test_using_more_never_costs_less_in_graduated_tiers(
    tiers: list[dict[str, object]], quantities: list[Decimal]
) -> None:
    graduated = price("graduated", tiers=tiers)

    assert amount(graduated, quantities[0]) <= amount(graduated, quantities[1])


@given(tiers=tier_rows())
def test_without_fees_graduated_tiers_make_no_jump_at_a_bound(
    tiers: list[dict[str, object]],
) -> None:
    unit = Decimal("0.000000001")
    graduated = price("graduated", tiers=[{**tier, "flat_fee": "0"} for tier in tiers])

    for tier, beyond in pairwise(tiers):
        bound = Decimal(str(tier["up_to"]))
        step = amount(graduated, bound + unit) - amount(graduated, bound)
        assert step == Fraction(unit) * Fraction(str(beyond["unit_price"]))


@given(tiers=tier_rows(), quantity=SMALL.filter(bool), rises=st.booleans())
def test_volume_is_cheaper_than_graduated_when_prices_fall_and_dearer_when_they_rise(
    tiers: list[dict[str, object]], quantity: Decimal, *, rises: bool
) -> None:
    each = sorted((Decimal(str(tier["unit_price"])) for tier in tiers), reverse=not rises)
    ordered = [
        {"up_to": tier["up_to"], "unit_price": one} for tier, one in zip(tiers, each, strict=True)
    ]

    volume = amount(price("volume", tiers=ordered), quantity)
    graduated = amount(price("graduated", tiers=ordered), quantity)

    assert volume >= graduated if rises else volume <= graduated


@given(unit_price=PRICES, parts=st.tuples(QUANTITIES, QUANTITIES))
def test_per_unit_charges_parts_as_much_as_the_whole(
    unit_price: Decimal, parts: tuple[Decimal, Decimal]
) -> None:
    per_unit = price("per_unit", unit_price=unit_price)

    apart = amount(per_unit, parts[0]) + amount(per_unit, parts[1])

    assert apart == amount(per_unit, EXACT.add(*parts))


@given(
    quantity=SMALL | QUANTITIES,
    size=st.decimals("0.000000001", 10**6, places=9),
    free=SMALL,
    each=PRICES,
    rounds_up=st.booleans(),
)
def test_packages_are_counted_exactly(
    quantity: Decimal, size: Decimal, free: Decimal, each: Decimal, *, rounds_up: bool
) -> None:
    packages = price(
        "package", size=size, price=each, free_units=free, rounding="up" if rounds_up else "down"
    )
    needed = max(Fraction(0), Fraction(quantity) - Fraction(free)) / Fraction(size)
    whole = -(-needed // 1) if rounds_up else needed // 1

    assert amount(packages, quantity) == whole * Fraction(each)


@given(
    values=st.lists(st.decimals(0, 10**6, places=4), max_size=30).map(tuple),
    rate=RATES,
    fee=FEES,
    free_units=st.none() | st.integers(1, 10),
    free_amount=st.none() | st.decimals("0.01", 10**6, places=2),
    limits=st.none() | st.tuples(FEES, FEES).map(sorted),
)
def test_transactions_cost_what_each_of_them_costs(
    *,
    values: tuple[Decimal, ...],
    rate: Decimal,
    fee: Decimal,
    free_units: int | None,
    free_amount: Decimal | None,
    limits: list[Decimal] | None,
) -> None:
    lowest, highest = limits or (None, None)
    percentage = price(
        "percentage",
        rate=rate,
        fixed_fee=fee,
        free_units=free_units,
        free_amount=free_amount,
        minimum_per_transaction=lowest,
        maximum_per_transaction=highest,
    )
    before, expected = Fraction(0), Fraction(0)
    for number, value in enumerate(map(Fraction, values)):
        lasts = free_units is not None or free_amount is not None
        lasts = lasts and (free_units is None or number < free_units)
        lasts = lasts and (free_amount is None or before < Fraction(free_amount))
        room = value if free_amount is None else max(Fraction(0), Fraction(free_amount) - before)
        given_free = min(value, room) if lasts else Fraction(0)
        before += value
        if lasts and given_free == value:
            continue
        cost = (value - given_free) * Fraction(rate) + Fraction(fee)
        if lowest is not None and highest is not None:
            cost = min(max(cost, Fraction(lowest)), Fraction(highest))
        expected += cost

    charged = percentage.charge(Measured(sum(values, Decimal(0)), values=values))

    assert Fraction(charged.amount) == expected
    assert sum(Fraction(step.amount) for step in charged.steps) == expected


@given(tiers=tier_rows(), quantity=SMALL, cap=FEES)
def test_a_cap_is_never_passed_and_changes_nothing_below_it(
    tiers: list[dict[str, object]], quantity: Decimal, cap: Decimal
) -> None:
    capped = price("graduated", tiers=tiers, maximum=cap)
    uncapped = price("graduated", tiers=tiers)

    assert amount(capped, quantity) == min(amount(uncapped, quantity), Fraction(cap))


@pytest.mark.parametrize("places", ["0.000000001", "123456789012345678.123456789"])
def test_nine_decimals_and_twelve_decimals_make_twenty_one(places: str) -> None:
    per_unit = price("per_unit", unit_price="0.000000000001")

    assert amount(per_unit, Decimal(places)) == Fraction(places) / 10**12

"""Whether a meter counts what a component charges for, before the plan is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from dotmac_billing.catalog.component_prices import prices_of
from dotmac_billing.catalog.errors import PlanMeterUnfitError, PlanMeterUnknownError
from dotmac_billing.catalog.plan import NewComponent, NewTerms
from dotmac_billing.charges.measured import Need
from dotmac_billing.charges.price import compile_price

_SUM, _WEIGHTED_SUM = "sum", "weighted_sum"


class CountingMeter(NamedTuple):
    """What a component must know of its meter: how it adds up, and what it keeps usage apart by.

    `has_price` says that prices come with its events.
    """

    code: str
    aggregation: str
    has_price: bool
    dimensions: Sequence[str]


class MeterFault(NamedTuple):
    """What is wrong, and with which field of the component."""

    field: str
    problem: str
    is_unknown: bool = False


def require_metered(terms: NewTerms, meters: Mapping[str, CountingMeter], currency: str) -> None:
    """Refuse sound terms of which a component's usage could not be read; see `meter_faults`.

    Raises:
        PlanMeterUnknownError: there is no such meter.
        PlanMeterUnfitError: it does not count what the price asks for.
    """
    for position, component in enumerate(terms.components):
        for fault in meter_faults(component, meters, currency):
            kind = PlanMeterUnknownError if fault.is_unknown else PlanMeterUnfitError
            path = f"components.{position}.{fault.field}"
            raise kind(path, fault.problem, component.code)


def meter_faults(
    component: NewComponent, meters: Mapping[str, CountingMeter], currency: str
) -> Iterator[MeterFault]:
    """Why what the component is to charge could not be read from its meter; none without a meter.

    There is no such meter; it has no prices for a dynamic price, or no values of transactions
    (which only a sum has) for a percentage; a level by time cannot be told apart by windows of the
    day; or usage is not kept apart by a property of a filter or a group. `currency` is the plan's,
    and the price is sound.
    """
    if component.meter is None:
        return
    meter = meters.get(component.meter)
    if meter is None:
        yield MeterFault("meter", f"There is no meter {component.meter!r}.", is_unknown=True)
        return
    needs: set[Need] = set()
    for code, parameters in prices_of(component, currency).items():
        needs |= compile_price(component.model, parameters, currency=code).needs
    for need, fits, problem in (
        (Need.AMOUNT, meter.has_price, "names no property with the price of an event"),
        (Need.VALUES, meter.aggregation == _SUM, "does not sum the values of transactions"),
        (Need.WINDOWS, meter.aggregation != _WEIGHTED_SUM, "weighs a level over all hours"),
    ):
        if need in needs and not fits:
            told = f"Meter {meter.code!r} {problem}, which {component.model.value!r} needs."
            yield MeterFault("meter", told)
    for field, names in (("filters", component.filters), ("group_by", component.group_by)):
        for name in sorted({*names} - {*meter.dimensions}):
            told = f"Meter {meter.code!r} does not keep usage apart by {name!r}."
            yield MeterFault(field, told)

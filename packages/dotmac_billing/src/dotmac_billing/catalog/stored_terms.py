"""A version's terms as they lie in its row, and back: jsonb without a number that is money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dotmac_billing.catalog.change_rules import ChangeRule
from dotmac_billing.catalog.plan import PublishedPhase
from dotmac_billing.catalog.terms import (
    ChangeBehaviour,
    ChangeDirection,
    PhaseKind,
    PhaseUnit,
    TrialEnd,
)

Row = Mapping[str, object]


def phase_row(phase: PublishedPhase) -> dict[str, object]:
    """A phase, without what it does not say."""
    row: dict[str, object] = {"code": phase.code, "kind": phase.kind.value}
    if phase.length is not None and phase.unit is not None:
        row |= {"length": phase.length, "unit": phase.unit.value}
    if phase.percent_off is not None:
        row["percent_off"] = f"{phase.percent_off:f}"
    if phase.requires_payment_method:
        row["requires_payment_method"] = True
        row["without_payment_method"] = phase.without_payment_method.value
    return row


def phase_of(row: Row) -> PublishedPhase:
    """The phase that `phase_row` made this of."""
    length, unit, percent_off = row.get("length"), row.get("unit"), row.get("percent_off")
    return PublishedPhase(
        code=str(row["code"]),
        kind=PhaseKind(row["kind"]),
        length=None if length is None else int(str(length)),
        unit=None if unit is None else PhaseUnit(unit),
        percent_off=None if percent_off is None else Decimal(str(percent_off)),
        requires_payment_method=bool(row.get("requires_payment_method")),
        without_payment_method=TrialEnd(row.get("without_payment_method", TrialEnd.CANCEL.value)),
    )


def rule_row(rule: ChangeRule) -> dict[str, object]:
    """A change rule, with where it leads from and to."""
    row: dict[str, object] = {
        "from": rule.from_what,
        "to": rule.to_what,
        "behaviour": rule.behaviour.value,
    }
    if rule.direction is not None:
        row["direction"] = rule.direction.value
    return row


def rule_of(row: Row) -> ChangeRule:
    """The rule that `rule_row` made this of."""
    direction = row.get("direction")
    return ChangeRule(
        behaviour=ChangeBehaviour(row["behaviour"]),
        from_what=str(row["from"]),
        to_what=str(row["to"]),
        direction=None if direction is None else ChangeDirection(direction),
    )


def fees_row(fees: Mapping[str, Decimal]) -> dict[str, str]:
    """Amounts by currency, as text."""
    return {currency: f"{amount:f}" for currency, amount in fees.items()}


def fees_of(row: Row) -> dict[str, Decimal]:
    """The amounts that `fees_row` made this of."""
    return {currency: Decimal(str(amount)) for currency, amount in row.items()}


def filters_of(row: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Accepted values by event property."""
    return {name: tuple(values) for name, values in row.items()}

"""Lines that wait: what a change takes back, and what it charges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.assembly.charging import charges
from dotmac_billing.assembly.item import BilledItem, priced
from dotmac_billing.assembly.line import Charge
from dotmac_billing.catalog.terms import ComponentKind
from dotmac_billing.changes.proration import DayRuler, Ruler, prorated
from dotmac_billing.changes.settlement import Credit
from dotmac_billing.pending.lines import NewPendingLine
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.moments import Due
from dotmac_billing.subscriptions.windows import ItemWindow

_ONE = Decimal(1)


class Owner(NamedTuple):
    """Whose lines they are, and the first day on which they may be billed."""

    subscription_id: UUID
    customer_id: UUID
    currency: str
    bill_from: date


def charge_lines(
    dues: Iterable[Due[ItemWindow]], holding: Holding, ruler: Ruler, owner: Owner
) -> Iterator[NewPendingLine]:
    """Days of items that the bill run has passed by, charged by its own rule.

    Usage is left out: it is billed by what the meter counted, whenever that is measured.

    Raises:
        PriceCurrencyMissingError: a component has no price in the subscription's currency.
    """
    for due in dues:
        if due.item.kind is not ComponentKind.USAGE:
            for charge in _charges(due, holding, ruler, owner):
                yield _waiting(charge, owner)


def _charges(due: Due[ItemWindow], holding: Holding, ruler: Ruler, owner: Owner) -> list[Charge]:
    item, component = due.item, holding.component(due.item)
    billed = BilledItem(
        item.id,
        priced(component, holding.plan_of(item).plan_id, owner.currency),
        item.description,
        item.quantity,
        item.agreed_price,
        item.percent_off,
        item.cycle,
        item.timing,
        item.is_one_time,
        item.anchor_on,
        item.starts_on,
        item.ends_on,
    )
    is_simple = isinstance(ruler, DayRuler) or item.is_one_time or not component.is_prorated
    if is_simple:
        return charges(
            Due(billed, due.whole, due.part), None, owner.subscription_id, owner.currency
        )
    return [
        charge._replace(
            amount=prorated(charge.amount, due.part, due.whole, ruler, owner.currency),
            own_off=prorated(charge.own_off, due.part, due.whole, ruler, owner.currency),
            period_start=due.part.start,
            period_end=due.part.end,
        )
        for charge in charges(
            Due(billed, due.whole, due.whole), None, owner.subscription_id, owner.currency
        )
    ]


def _waiting(charge: Charge, owner: Owner) -> NewPendingLine:
    return NewPendingLine(
        customer_id=owner.customer_id,
        subscription_id=owner.subscription_id,
        kind=charge.kind,
        description=charge.description,
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        amount=charge.amount - charge.own_off,
        currency=owner.currency,
        bill_from=owner.bill_from,
        component_id=charge.component_id,
        item_id=charge.item_id,
        period_start=charge.period_start,
        period_end=charge.period_end,
        tax_code=charge.tax_code,
        includes_tax=charge.includes_tax,
        explanation=charge.explanation,
    )


def credit_lines(found: Iterable[Credit], owner: Owner) -> Iterator[NewPendingLine]:
    """What is taken back of lines that are on invoices; the tax is that of the line."""
    for credit in found:
        line = credit.line
        if not line.is_waiting:
            yield NewPendingLine(
                customer_id=owner.customer_id,
                subscription_id=owner.subscription_id,
                kind=LineKind.CREDIT,
                description=f"{line.description}: unused",
                quantity=-_ONE,
                unit_price=credit.amount,
                amount=-credit.amount,
                currency=owner.currency,
                bill_from=owner.bill_from,
                component_id=line.component_id,
                item_id=line.item_id,
                period_start=credit.unused.start,
                period_end=credit.unused.end,
                tax_code=line.tax_code,
                reverses_line_id=line.id,
            )


def shortened_lines(found: Iterable[Credit], owner: Owner) -> Iterator[NewPendingLine]:
    """What is left of lines that were waiting; each takes the place of the one it came from."""
    for credit in found:
        line = credit.line
        left = line.held - credit.amount
        if line.is_waiting and left:
            yield NewPendingLine(
                customer_id=owner.customer_id,
                subscription_id=owner.subscription_id,
                kind=LineKind.CHARGE,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=left,
                currency=owner.currency,
                bill_from=owner.bill_from,
                component_id=line.component_id,
                item_id=line.item_id,
                period_start=line.period_start,
                period_end=credit.unused.start,
                tax_code=line.tax_code,
                includes_tax=line.includes_tax,
            )

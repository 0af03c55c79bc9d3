"""From rows that were read to what is charged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from dotmac_billing.assembly.billed import UsageKey
from dotmac_billing.assembly.decision import Bill, Waiting
from dotmac_billing.assembly.draft import DueSubscription
from dotmac_billing.assembly.item import BilledItem
from dotmac_billing.assembly.line import Charge
from dotmac_billing.receivables.states import LineKind
from dotmac_billing.subscriptions.moments import Due
from dotmac_billing.tax.treatment import AppliedTax, Treatment, treatment_of
from dotmac_billing.usage.windows import UsageWindow
from dotmac_core_ops.clock import time_zone

Row = Mapping[str, Any]
"""A row that was read: its values by name."""


@lru_cache(maxsize=65_536)
def midnight(day: date, zone: str) -> datetime:
    """The instant (UTC) at which that day begins in the zone.

    Where clocks go forward at midnight it is the instant they do so.
    """
    return datetime.combine(day, time(), time_zone(zone)).astimezone(UTC)


def usage_windows(bills: Iterable[Bill]) -> list[UsageWindow]:
    """What must be measured to charge the metered items that are due. The key is a `UsageKey`."""
    return [
        window
        for bill in bills
        for moment in bill.moments
        for window in windows_of(bill.subscription, moment.dues)
    ]


def windows_of(
    subscription: DueSubscription, dues: Iterable[Due[BilledItem]]
) -> Iterator[UsageWindow]:
    """The windows of those of `dues` that are metered."""
    zone = subscription.time_zone
    for due in dues:
        priced = due.item.priced
        if not priced.is_metered or priced.component.meter is None:
            continue
        key: UsageKey = (subscription.id, due.item.item_id, due.part.start)
        yield UsageWindow(
            key=key,
            subscription_id=subscription.id,
            meter=priced.component.meter,
            since=midnight(due.part.start, zone),
            until=midnight(due.part.end, zone),
            filters=priced.filters,
            needs=priced.price.needs,
            time_of_use=priced.time_of_use,
        )


def waiting_lines(
    rows: Iterable[Row], treatments: Mapping[UUID, Treatment]
) -> dict[UUID, list[Waiting]]:
    """Pending lines as charges, by subscription, or by customer where they have none."""
    found: dict[UUID, list[Waiting]] = {}
    for row in rows:
        reverses = row["reverses_line_id"]
        charge = Charge(
            LineKind(row["kind"]),
            row["subscription_id"],
            row["plan_id"],
            row["item_id"],
            row["component_id"],
            row["component_code"],
            row["description"],
            row["quantity"],
            row["unit_price"],
            row["amount"],
            row["own_off"],
            None if reverses else row["tax_code"],
            row["includes_tax"],
            row["period_start"],
            row["period_end"],
            row["explanation"],
            reverses,
            treatments.get(reverses) if reverses else None,
            row["id"],
        )
        owner = row["subscription_id"] or row["customer_id"]
        found.setdefault(owner, []).append(Waiting(charge, row["currency"], row["bill_from"]))
    return found


def treatments_of(rows: Iterable[Row]) -> dict[UUID, Treatment]:
    """The treatment of each line, from its taxes in their order."""
    found: dict[UUID, Treatment] = {}
    for line_id, taxes in groupby(rows, key=lambda row: row["line_id"]):
        listed = list(taxes)
        found[line_id] = treatment_of(
            *(
                AppliedTax(
                    row["tax_code"],
                    row["name"] or row["tax_code"],
                    row["rate"],
                    row["is_compound"],
                    row["category"],
                    row["jurisdiction"],
                    row["exemption_reason"],
                    row["exemption_code"],
                )
                for row in listed
            ),
            key=listed[0]["treatment"],
        )
    return found

"""A reading: what a subscription has used so far, by meter, as it is answered (pure)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from dotmac_billing.charges.measured import Measured
from dotmac_billing.usage.meters.definition import MeterTerms
from dotmac_billing.usage.reading.current import Days, Key
from dotmac_billing.usage.reading.series import Subscribed


def reading(
    subscription: Subscribed,
    days: Days,
    meters: Sequence[MeterTerms],
    measured: Mapping[Hashable, Measured],
) -> dict[str, object]:
    """One subscription's part of the answer."""
    return {
        "subscription_id": str(subscription.id),
        "number": subscription.number,
        "time_zone": subscription.time_zone,
        "from": days.since,
        "to": days.until,
        "meters": [
            _of_meter(subscription.id, meter, measured)
            for meter in sorted(meters, key=lambda one: one.code)
        ],
    }


def _of_meter(
    subscription_id: UUID, meter: MeterTerms, measured: Mapping[Hashable, Measured]
) -> dict[str, object]:
    mine = [
        (key, one)
        for key, one in measured.items()
        if isinstance(key, Key)
        and key.subscription_id == subscription_id
        and key.meter == meter.code
    ]
    whole = measured[Key(subscription_id, meter.code)]
    return {
        "meter": meter.code,
        "aggregation": meter.aggregation.value,
        "quantity": _plain(whole.quantity),
        "amount": _plain(whole.amount) if meter.price_property else None,
        "days": [
            {"day": key.day, "quantity": _plain(one.quantity)} for key, one in mine if key.day
        ],
        "groups": [
            {"value": key.group, "quantity": _plain(one.quantity)}
            for key, one in mine
            if key.group is not None
        ],
    }


def _plain(quantity: Decimal) -> Decimal:
    """Without the zeros that only say how it is stored."""
    return quantity.normalize() if quantity else Decimal(0)

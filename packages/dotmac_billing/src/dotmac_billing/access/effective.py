"""What several subscriptions, their add-ons and their exceptions entitle to together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.catalog.entitlements import together
from dotmac_billing.catalog.plan import UNLIMITED, Feature


class Grant(NamedTuple):
    """A plan or an add-on that a subscription has on a day.

    `quantity` is how many of an add-on there are; limits count that many times. `overrides` are the
    subscription's own exceptions, the same on each of its grants.
    """

    subscription_id: UUID
    is_add_on: bool
    quantity: Decimal
    features: Mapping[str, Feature]
    overrides: Mapping[str, Feature]


def effective(grants: Iterable[Grant]) -> dict[str, Feature]:
    """The features of all grants: switches that are on anywhere, limits added up.

    Of each subscription the plan comes first, then its add-ons; an exception replaces what they
    say. Several subscriptions of a customer are added up like add-ons.
    """
    by_subscription: dict[UUID, list[Grant]] = {}
    for grant in grants:
        by_subscription.setdefault(grant.subscription_id, []).append(grant)
    return together([_of_one(found) for found in by_subscription.values()])


def _of_one(grants: list[Grant]) -> dict[str, Feature]:
    ordered = sorted(grants, key=lambda grant: grant.is_add_on)
    features = together([_times(grant) for grant in ordered])
    return {**features, **ordered[0].overrides}


def _times(grant: Grant) -> dict[str, Feature]:
    if not grant.is_add_on:
        return dict(grant.features)
    return {name: _multiplied(value, grant.quantity) for name, value in grant.features.items()}


def _multiplied(value: Feature, quantity: Decimal) -> Feature:
    if isinstance(value, bool | str) or value == UNLIMITED:
        return value
    return int(value * quantity)


def access_ends(end_on: date | None, access_until: date | None) -> date | None:
    """The first day without access: the one agreed for it, else the day the subscription ends."""
    return end_on if access_until is None else access_until

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.catalog.entitlements import (
    Entitlement,
    EntitlementKind,
    entitlements_of,
    together,
)
from dotmac_billing.catalog.plan import UNLIMITED, Feature


def test_features_are_switches_limits_and_words() -> None:
    features: dict[str, Feature] = {
        "mail": 5,
        "fax": 0,
        "ipv6": True,
        "ip": False,
        "disk": UNLIMITED,
        "help": "day",
    }

    assert entitlements_of(features) == [
        Entitlement("disk", EntitlementKind.LIMIT, is_granted=True, limit=None),
        Entitlement("fax", EntitlementKind.LIMIT, is_granted=False, limit=0),
        Entitlement("help", EntitlementKind.WORD, is_granted=True, word="day"),
        Entitlement("ip", EntitlementKind.SWITCH, is_granted=False),
        Entitlement("ipv6", EntitlementKind.SWITCH, is_granted=True),
        Entitlement("mail", EntitlementKind.LIMIT, is_granted=True, limit=5),
    ]


@pytest.mark.parametrize(
    ("plan", "add_on", "expected"),
    [
        ({"mail": 5}, {"mail": 10}, {"mail": 15}),
        ({"mail": 5}, {"mail": -1}, {"mail": -1}),
        ({"mail": 5}, {"disk": 1}, {"mail": 5, "disk": 1}),
        ({"ip": False}, {"ip": True}, {"ip": True}),
        ({"ip": True}, {"ip": False}, {"ip": True}),
        ({"mail": 5}, {"mail": True}, {"mail": -1}),
        ({"mail": 5}, {"mail": False}, {"mail": 5}),
        ({"help": "day"}, {"help": "night"}, {"help": "night"}),
    ],
)
def test_an_add_on_adds(
    plan: Mapping[str, Feature], add_on: Mapping[str, Feature], expected: Mapping[str, Feature]
) -> None:
    assert together([plan, add_on]) == expected


LIMITS = st.dictionaries(st.sampled_from("abc"), st.integers(-1, 9) | st.booleans())


@given(st.lists(LIMITS), st.randoms())
def test_limits_and_switches_add_up_in_any_order(
    features: list[Mapping[str, Feature]], random: object
) -> None:
    shuffled = list(features)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own Random

    # True and 1 are equal in Python, and not the same entitlement.
    assert entitlements_of(together(shuffled)) == entitlements_of(together(features))

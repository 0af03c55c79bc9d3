"""What roles allow together, everywhere and in parts; and where a key's network ends."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.module import Permission
from dotmac_core_ops.principal import Scope
from dotmac_identity.api_keys.networks import is_within, normalised_networks, parsed_networks
from dotmac_identity.roles.held import Held, HeldRole, held
from dotmac_identity.roles.system_roles import RoleCatalogue

NAMES = ("customers:read", "customers:write", "invoices:read", "users:write")
CATALOGUE = RoleCatalogue.of(
    Permission(name, "", is_personal=name == "users:write") for name in NAMES
)
NORTH = Scope("customer_group", UUID(int=1))
SOUTH = Scope("site", UUID(int=2))
names = st.frozensets(st.sampled_from([*NAMES, "*"]))


def own(*permissions: str, scope: Scope | None = None) -> HeldRole:
    return HeldRole("own", is_system=False, permissions=permissions, scope=scope)


def test_parts_of_several_roles_are_added_up() -> None:
    found = held(
        CATALOGUE,
        [
            own("customers:read", scope=NORTH),
            own("customers:read", "customers:write", scope=SOUTH),
            own("invoices:read"),
        ],
    )

    assert found.permissions == {"invoices:read"}
    assert found.scopes == {
        "customers:read": frozenset({NORTH, SOUTH}),
        "customers:write": frozenset({SOUTH}),
    }


def test_what_is_held_everywhere_is_not_held_in_parts_beside() -> None:
    viewer = HeldRole("viewer", is_system=True)

    found = held(CATALOGUE, [viewer, own("customers:read", "users:write", scope=NORTH)])

    assert set(found.scopes) == {"users:write"}
    assert (
        held(CATALOGUE, [HeldRole("owner", is_system=True), own(*NAMES, scope=NORTH)]).scopes == {}
    )


def test_everything_in_a_part_is_nothing() -> None:
    owner = HeldRole("owner", is_system=True, scope=NORTH)

    assert held(CATALOGUE, [owner]) == Held()


def test_who_acts_as_an_owner_has_all_but_what_is_personal() -> None:
    owner = held(CATALOGUE, [HeldRole("owner", is_system=True)])

    acting = owner.without(CATALOGUE.personal, CATALOGUE)

    assert acting.permissions == set(NAMES) - {"users:write"}


@given(held_by_owner=names, scopes=names)
def test_a_key_never_does_more_than_its_owner_and_its_scopes(
    held_by_owner: frozenset[str], scopes: frozenset[str]
) -> None:
    allowed = Held(held_by_owner).limited_to(scopes).permissions

    for side in (held_by_owner, scopes):
        assert "*" in side or allowed <= side


def test_a_key_of_somebody_confined_is_confined() -> None:
    confined = Held(frozenset(), {"customers:read": frozenset({NORTH})})

    assert confined.limited_to(frozenset({"customers:read"})).scopes == confined.scopes
    assert confined.limited_to(frozenset({"invoices:read"})) == Held()


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("203.0.113.255", True),
        ("203.0.114.0", False),
        ("::ffff:203.0.113.9", True),
        ("2001:db8::1", True),
        ("fe80::1%eth0", False),
        ("", False),
        ("203.0.113.1, 10.0.0.1", False),
    ],
)
def test_an_address_is_within_its_networks(address: str, is_inside: bool) -> None:
    networks = parsed_networks(normalised_networks(["203.0.113.0/24", "2001:DB8::/32"]))

    assert is_within(address, networks) is is_inside

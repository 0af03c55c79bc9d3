from __future__ import annotations

from uuid import uuid4

import pytest

from dotmac_customers import CustomerKind, Level, kind_named
from dotmac_customers.profiles.errors import InvalidPlaceError
from dotmac_customers.profiles.naming import renamed, shown_name
from dotmac_customers.profiles.placement import DEEPEST, Place, check_place, fitting_level


def at(level: Level, depth: int) -> Place:
    return Place(uuid4(), level, depth)


@pytest.mark.parametrize(
    ("level", "parent", "height"),
    [
        (Level.ACCOUNT, None, 1),
        (Level.ACCOUNT, None, DEEPEST),
        (Level.SUB_ACCOUNT, at(Level.ACCOUNT, 1), 1),
        (Level.SUB_ACCOUNT, at(Level.SUB_ACCOUNT, 2), 3),
        (Level.SITE, at(Level.ACCOUNT, 1), 1),
        (Level.SITE, at(Level.SUB_ACCOUNT, 4), 1),
    ],
)
def test_what_may_stand_there(level: Level, parent: Place | None, height: int) -> None:
    check_place(level, parent, height)


@pytest.mark.parametrize(
    ("level", "parent", "height"),
    [
        (Level.SITE, None, 1),
        (Level.SUB_ACCOUNT, None, 1),
        (Level.ACCOUNT, at(Level.ACCOUNT, 1), 1),
        (Level.SITE, at(Level.SITE, 2), 1),
        (Level.SITE, at(Level.ACCOUNT, 1), 2),
        (Level.SUB_ACCOUNT, at(Level.SUB_ACCOUNT, 5), 1),
        (Level.SUB_ACCOUNT, at(Level.SUB_ACCOUNT, 3), 3),
    ],
)
def test_what_may_not_stand_there(level: Level, parent: Place | None, height: int) -> None:
    with pytest.raises(InvalidPlaceError):
        check_place(level, parent, height)


def test_a_level_follows_from_the_place() -> None:
    assert fitting_level(None, None) is Level.ACCOUNT
    assert fitting_level(None, at(Level.ACCOUNT, 1)) is Level.SUB_ACCOUNT
    assert fitting_level(Level.SITE, at(Level.ACCOUNT, 1)) is Level.SITE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("individual", CustomerKind.RESIDENTIAL),
        ("Educational", CustomerKind.NON_PROFIT),
        ("non-profit", CustomerKind.NON_PROFIT),
        ("small business", CustomerKind.BUSINESS),
        ("government", CustomerKind.GOVERNMENT),
        ("enterprise", CustomerKind.ENTERPRISE),
        ("alien", None),
    ],
)
def test_kinds_of_other_systems_are_known(name: str, kind: CustomerKind | None) -> None:
    assert kind_named(name) is kind


def test_a_company_is_shown_before_a_person() -> None:
    assert shown_name("Ann", "Berg", None) == "Ann Berg"
    assert shown_name("Ann", None, "Berg AB") == "Berg AB"
    assert shown_name(None, None, None) is None


def test_a_name_that_was_made_of_its_parts_follows_them() -> None:
    ann = {"name": "Ann Berg", "given_name": "Ann", "family_name": "Berg", "company_name": None}

    assert renamed(ann, {"family_name": "Lind"}) == "Ann Lind"
    assert renamed(ann | {"name": "Annie"}, {"family_name": "Lind"}) is None
    assert renamed(ann, {"family_name": "Lind", "name": "A. Lind"}) is None
    assert renamed(ann, {"email": None}) is None

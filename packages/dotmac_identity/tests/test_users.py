from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.module import Permission
from dotmac_core_ops.tenants import TenantSlugTakenError, active_tenants
from dotmac_identity import (
    FirstOwner,
    InvalidEmailError,
    Passwords,
    RoleCatalogue,
    TenantKind,
    TenantService,
    UserService,
)
from dotmac_identity.roles.errors import UnknownRoleError
from dotmac_identity.testing import PASSWORD, Organisation
from dotmac_identity.users.errors import (
    EmailTakenError,
    LastOwnerError,
    UserNotFoundError,
    WeakPasswordError,
)

CATALOGUE = RoleCatalogue.of(
    Permission(name, "")
    for name in ("customers:read", "customers:write", "invoices:issue", "invoices:read")
)


async def test_a_new_tenant_is_listed_and_has_roles_and_an_owner(
    organisation: Organisation, database: Database
) -> None:
    listed = {tenant.id: tenant.slug for tenant in await active_tenants(database)}

    owner = await organisation.owner()

    assert listed[organisation.profile.id] == organisation.profile.slug
    assert (owner.email, owner.roles) == ("owner@example.com", ("owner",))
    async with database.transaction(organisation.profile.id) as session:
        roles = await session.scalars(sa.text("SELECT name FROM identity.roles ORDER BY name"))
        assert roles.all() == ["admin", "billing", "owner", "support", "viewer"]
        [payload] = await session.scalars(
            sa.text("SELECT payload FROM events.outbox WHERE name = 'identity.tenant_created'")
        )
    assert (payload["currency"], payload["time_zone"]) == ("SEK", "Europe/Stockholm")


async def test_no_password_is_written_anywhere(
    organisation: Organisation, database: Database
) -> None:
    await organisation.employs("emil", "viewer")

    async with database.transaction(organisation.profile.id) as session:
        for table in ("events.outbox", "core.audit_log", "identity.users"):
            written = await session.scalars(sa.text(f"SELECT t::text FROM {table} t"))
            assert not [row for row in written if PASSWORD in row]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("slug", "No Slug", "INVALID_SLUG"),
        ("slug", "-north", "INVALID_SLUG"),
        ("currency", "EURO", "INVALID_CURRENCY"),
        ("time_zone", "Mars/Olympus", "UNKNOWN_TIME_ZONE"),
        ("country", "XX", "UNKNOWN_COUNTRY"),
    ],
)
async def test_a_tenant_that_makes_no_sense_is_refused(
    database: Database, field: str, value: str, code: str
) -> None:
    values: dict[str, Any] = {
        "slug": f"t-{new_id().hex}",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "name": "Süd",
        field: value,
    }
    with pytest.raises(DomainError) as refusal:
        async with database.transaction(new_id()) as session:
            await TenantService.within(session).create(**values)

    assert refusal.value.code == code


async def test_a_short_name_belongs_to_one_tenant(
    organisation: Organisation, database: Database
) -> None:
    with pytest.raises(TenantSlugTakenError):
        async with database.transaction(new_id()) as session:
            await TenantService.within(session).create(
                slug=organisation.profile.slug,
                name="Other",
                currency="EUR",
                time_zone="UTC",
                country="DE",
                kind=TenantKind.MANUFACTURER,
            )


async def test_a_tenant_with_a_useless_owner_is_not_made_at_all(
    database: Database, passwords: Passwords
) -> None:
    slug = f"t-{new_id().hex}"
    with pytest.raises(WeakPasswordError):
        async with database.transaction(new_id()) as session:
            await TenantService.within(session, passwords).create(
                slug=slug,
                name="Süd",
                currency="EUR",
                time_zone="Europe/Berlin",
                country="DE",
                owner=FirstOwner("a@b.de", "A", "short"),
            )

    assert slug not in {tenant.slug for tenant in await active_tenants(database)}


@pytest.mark.parametrize(
    ("email", "password", "roles", "refusal"),
    [
        ("no address", PASSWORD, ["viewer"], InvalidEmailError),
        ("Owner@Example.com", PASSWORD, ["viewer"], EmailTakenError),
        ("new@example.com", "short", ["viewer"], WeakPasswordError),
        ("new@example.com", "aaaaaaaaaaaa", ["viewer"], WeakPasswordError),
        ("new@example.com", "New@example.com", ["viewer"], WeakPasswordError),
        ("new@example.com", PASSWORD, ["emperor"], UnknownRoleError),
    ],
)
async def test_a_user_who_makes_no_sense_is_refused(
    organisation: Organisation,
    email: str,
    password: str,
    roles: list[str],
    refusal: type[DomainError],
) -> None:
    with pytest.raises(refusal):
        async with organisation.database.transaction(organisation.profile.id) as session:
            await UserService.within(session, organisation.passwords).create(
                email=email, name="New", password=password, roles=roles
            )


async def test_two_tenants_may_know_the_same_person(
    organisation: Organisation, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)

    assert (await other.owner()).email == (await organisation.owner()).email


async def test_the_last_owner_stays(organisation: Organisation, database: Database) -> None:
    owner = await organisation.owner()

    with pytest.raises(LastOwnerError):
        async with database.transaction(organisation.profile.id) as session:
            await UserService.within(session).deactivate(owner.id)
    with pytest.raises(LastOwnerError):
        async with database.transaction(organisation.profile.id) as session:
            await UserService.within(session).set_roles(owner.id, ["admin"])


async def test_of_two_owners_who_leave_at_once_one_stays(
    organisation: Organisation, database: Database
) -> None:
    owners = [await organisation.owner(), await organisation.employs("second", "owner")]

    async def leave(index: int) -> None:
        async with database.transaction(organisation.profile.id) as session:
            await UserService.within(session).deactivate(owners[index].id)

    answers = await asyncio.gather(leave(0), leave(1), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["LastOwnerError", "NoneType"]


async def test_a_deactivated_user_comes_back(
    organisation: Organisation, database: Database
) -> None:
    employee = await organisation.employs("emil", "viewer", "billing")

    async with database.transaction(organisation.profile.id) as session:
        users = UserService.within(session)
        gone = await users.deactivate(employee.id)
        back = await users.activate(employee.id)

    assert (gone.is_active, back.is_active) == (False, True)
    assert back.roles == ("billing", "viewer")


async def test_users_of_another_tenant_do_not_exist(
    organisation: Organisation, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    theirs = await other.owner()

    with pytest.raises(UserNotFoundError):
        async with database.transaction(organisation.profile.id) as session:
            await UserService.within(session).deactivate(theirs.id)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", {"*"}),
        ("admin", {"customers:read", "customers:write", "invoices:issue", "invoices:read"}),
        ("billing", {"customers:read", "invoices:issue", "invoices:read"}),
        ("support", {"customers:read", "customers:write", "invoices:read"}),
        ("viewer", {"customers:read", "invoices:read"}),
        ("emperor", set()),
    ],
)
def test_a_system_role_allows_what_its_name_says(role: str, allowed: set[str]) -> None:
    assert CATALOGUE.allowed(role) == allowed


def test_roles_add_up_and_everything_swallows_the_rest() -> None:
    assert CATALOGUE.granted(["viewer"], ["invoices:issue"]) == {
        "customers:read",
        "invoices:read",
        "invoices:issue",
    }
    assert CATALOGUE.granted(["viewer", "owner"]) == {"*"}

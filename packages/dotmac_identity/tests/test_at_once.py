"""What takes a right away holds in every process as soon as it is committed."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenant_state import TenantState
from dotmac_identity import (
    Authenticator,
    MoveReason,
    TenantLifeService,
    TokenPair,
    UserService,
)
from dotmac_identity.sessions.errors import SessionEndedError
from dotmac_identity.testing import PASSWORD, Organisation


async def signed_in(authenticator: Authenticator, organisation: Organisation) -> TokenPair:
    return await authenticator.sign_in.sign_in(
        email="owner@example.com", password=PASSWORD, tenant=organisation.profile.slug
    )


async def test_every_process_hears_of_a_deactivation_as_it_is_committed(
    database: Database, settings: Settings, organisation: Organisation
) -> None:
    employee = await organisation.employs("emil", "viewer")
    elsewhere = Authenticator(database, settings, (), organisation.passwords)
    async with elsewhere.listening():
        tokens = await elsewhere.sign_in.sign_in(
            email=employee.email, password=PASSWORD, tenant=organisation.profile.slug
        )
        assert await elsewhere.principal(tokens.access_token) is await elsewhere.principal(
            tokens.access_token
        )

        async with organisation.database.transaction(organisation.profile.id) as session:
            await UserService.within(session).deactivate(employee.id)

        async with asyncio.timeout(5):  # it takes milliseconds; a lost notice takes ten seconds
            while await still_trusted(elsewhere, tokens.access_token):
                await database.check()


async def test_every_process_hears_of_a_suspension_as_it_is_committed(
    database: Database, settings: Settings, organisation: Organisation
) -> None:
    elsewhere = Authenticator(database, settings, (), organisation.passwords)
    async with elsewhere.listening():
        tokens = await signed_in(elsewhere, organisation)
        before = await elsewhere.principal(tokens.access_token)
        assert await elsewhere.principal(tokens.access_token) is before

        async with database.transaction(organisation.profile.id) as session:
            life = TenantLifeService.within(session)
            await life.move(TenantState.SUSPENDED, MoveReason.ABUSE)

        async with asyncio.timeout(5):  # it takes milliseconds; a lost notice takes ten seconds
            while (seen := await elsewhere.principal(tokens.access_token)) is before:
                await database.check()
    assert seen.tenant_state is TenantState.SUSPENDED


async def still_trusted(authenticator: Authenticator, token: str) -> bool:
    """Whether the token is taken; without asking the database, if it is remembered."""
    try:
        await authenticator.principal(token)
    except SessionEndedError:
        return False
    return True


async def test_a_process_that_hears_nothing_trusts_nobody_without_asking(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    employee = await organisation.employs("emil", "viewer")
    tokens = await authenticator.sign_in.sign_in(
        email=employee.email, password=PASSWORD, tenant=organisation.profile.slug
    )
    await authenticator.principal(tokens.access_token)

    async with organisation.database.transaction(organisation.profile.id) as session:
        await UserService.within(session).deactivate(employee.id)

    with pytest.raises(SessionEndedError):
        await authenticator.principal(tokens.access_token)


async def test_what_was_remembered_is_not_trusted_once_the_line_is_cut(
    database: Database, settings: Settings, organisation: Organisation, database_url: str
) -> None:
    elsewhere = Authenticator(database, settings, (), organisation.passwords)
    async with elsewhere.listening():
        tokens = await signed_in(elsewhere, organisation)
        before = await elsewhere.principal(tokens.access_token)
        assert await elsewhere.principal(tokens.access_token) is before

        cutter = await asyncpg.connect(database_url)
        await cutter.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        await cutter.close()

        async with asyncio.timeout(5):
            while await elsewhere.principal(tokens.access_token) is before:
                await database.check()

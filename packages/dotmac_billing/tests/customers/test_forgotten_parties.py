"""What is left of somebody who was forgotten: what invoices were made out to, and no more."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from dotmac_billing import run_billing
from dotmac_billing.personal.service import personal_data
from dotmac_billing.testing import plan, subscribed
from dotmac_core_ops.database import Database, driver_connection
from dotmac_core_ops.personal_data import Person
from dotmac_core_ops.testing import Tenant

SINCE = date(2026, 11, 1)
KNOWN = {"name": "Ann Berg", "email": "ann@example.com", "phone": "+46701234567", "city": "Lund"}


async def known_as(database: Database, tenant: Tenant, customer_id: UUID, **values: str) -> None:
    """Let the payer be known by other values from now on."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    statement = f"UPDATE billing.customers SET {sets}, version = version + 1 WHERE id = :id"
    async with database.transaction(tenant.id) as session:
        await session.execute(sa.text(statement), {"id": customer_id, **values})


async def versions(database: Database, tenant: Tenant) -> list[dict[str, Any]]:
    """What the payer was, the oldest version first."""
    async with database.transaction(tenant.id) as session:
        rows = await session.scalars(
            sa.text(
                "SELECT data FROM billing.party_versions WHERE party = 'customer' ORDER BY version"
            )
        )
        return list(rows)


@pytest.fixture
async def billed(database: Database, tenant: Tenant) -> UUID:
    """Ann, who got an invoice between two changes of her record."""
    async with database.transaction(tenant.id) as session:
        subscription = await subscribed(session, plan=await plan(session), since=SINCE)
        customer_id: UUID = await session.scalar(
            sa.text("SELECT customer_id FROM billing.subscriptions WHERE id = :id"),
            {"id": subscription},
        )
    await known_as(database, tenant, customer_id, **{**KNOWN, "name": "Ann Maiden"})
    await known_as(database, tenant, customer_id, **KNOWN)
    await run_billing(database, tenant.id, SINCE)
    return customer_id


async def test_an_invoice_keeps_whom_it_was_made_out_to_and_nothing_else_is_left(
    database: Database, tenant: Tenant, billed: UUID
) -> None:
    async with database.transaction(tenant.id) as session:
        erasure = await personal_data.erase(session, Person(billed))

    *before, named = await versions(database, tenant)
    assert (named["name"], named["city"]) == ("Ann Berg", "Lund")
    assert (named["email"], named["phone"]) == (None, None)
    assert {version["name"] for version in before} == {"Erased"}
    assert {version[field] for version in before for field in ("email", "city")} == {None}
    assert erasure.erased["versions"] == len(before) + 1


async def test_versions_of_who_was_not_forgotten_stand(
    database: Database, tenant: Tenant, second_tenant: Tenant, billed: UUID
) -> None:
    kept = await versions(database, tenant)

    for whose, statement in (
        (tenant, "SELECT billing.forget_party($1)"),
        (second_tenant, "SELECT billing.forget_party($1)"),
        (tenant, "UPDATE billing.party_versions SET data = '{}' WHERE party_id = $1"),
    ):
        async with database.transaction(whose.id) as session:
            connection = await driver_connection(session)
            await connection.execute("SET LOCAL billing.forgetting = 'on'")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement, billed)
            await session.rollback()

    assert await versions(database, tenant) == kept

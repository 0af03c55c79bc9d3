"""Numbers are looked at again when the last look is a month old."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import load_buyers
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.customers.tax_numbers import TaxNumber
from dotmac_billing.settings.service import open_billing
from dotmac_billing.tax.checked import CheckOutcome, CheckSource, NumberChecked
from dotmac_billing.tax_numbers.service import recheck
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

NUMBERS = {"C-1": "FR40303265045", "C-2": "DE136695976"}


@dataclass
class Register:
    """A register that knows some numbers, or does not answer."""

    known: set[str] = field(default_factory=lambda: {"40303265045", "136695976"})
    asked: list[str] = field(default_factory=list)
    answers: bool = True

    async def check(
        self,
        number: TaxNumber,
        requester: TaxNumber | None,  # noqa: ARG002 (a real register wants to know who asks)
    ) -> NumberChecked:
        self.asked.append(number.digits)
        outcome = CheckOutcome.VALID if number.digits in self.known else CheckOutcome.INVALID
        if not self.answers:
            outcome = CheckOutcome.UNAVAILABLE
        return NumberChecked(number.country, number.digits, CheckSource.VIES, outcome)


@pytest.fixture
async def customers(database: Database, tenant: Tenant) -> dict[str, UUID]:
    """Two customers whose numbers were good when they were written down."""

    async def opened(session: AsyncSession) -> dict[str, UUID]:
        await open_billing(session, country="AT")
        made = await open_customers(
            session,
            [
                OpenCustomer(code, code, country=number[:2], tax_id=number, is_business=True)
                for code, number in NUMBERS.items()
            ],
        )
        return dict(made.ids)

    return await database.run(tenant.id, opened)


async def wants_vies(client: httpx.AsyncClient, **more: str) -> None:
    change = {"tax_number_check": "vies", **more}
    done = await client.patch("/billing/settings", json=change, headers={"if-match": "*"})
    assert done.status_code == 200, done.text


async def good(client: httpx.AsyncClient, customer: UUID) -> bool:
    read = await client.get(f"/billing/customers/{customer}")
    return read.json()["data"]["tax_id_valid_on"] is not None


async def announced(database: Database, tenant: Tenant) -> list[Any]:
    async def read(session: AsyncSession) -> list[Any]:
        query = (
            "SELECT payload->>'customer_id', payload->>'is_valid' FROM events.outbox "
            "WHERE name = 'billing.tax_number_status_changed' ORDER BY id"
        )
        return [tuple(row) for row in await session.execute(sa.text(query))]

    return await database.run(tenant.id, read)


async def test_a_number_is_looked_at_once_in_thirty_days(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    clock: FrozenClock,
    customers: dict[str, UUID],
) -> None:
    register = Register()
    assert await recheck(database, tenant.id, register) == 0  # nobody wants it
    await wants_vies(client)

    assert await recheck(database, tenant.id, register) == 2
    assert await recheck(database, tenant.id, register) == 0
    clock.advance(days=29)
    assert await recheck(database, tenant.id, register) == 0
    clock.advance(days=2)
    assert await recheck(database, tenant.id, register) == 2

    assert await announced(database, tenant) == []
    assert [await good(client, one) for one in customers.values()] == [True, True]


async def test_a_number_that_was_struck_off_is_announced_and_good_no_more(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, customers: dict[str, UUID]
) -> None:
    await wants_vies(client)
    register = Register(known={"136695976"})

    await recheck(database, tenant.id, register)

    assert not await good(client, customers["C-1"])
    assert await good(client, customers["C-2"])
    assert await announced(database, tenant) == [(str(customers["C-1"]), "false")]
    checks = await client.get(f"/tax-numbers/checks?customer_id={customers['C-1']}")
    assert checks.json()["data"][0]["outcome"] == "invalid"


@pytest.mark.parametrize(("setting", "is_good"), [("keep", True), ("unverified", False)])
async def test_a_silent_register_leaves_it_to_the_settings(
    client: httpx.AsyncClient,
    database: Database,
    customers: dict[str, UUID],
    tenant: Tenant,
    *,
    setting: str,
    is_good: bool,
) -> None:
    await wants_vies(client, tax_number_unavailable=setting)

    await recheck(database, tenant.id, Register(answers=False))

    assert await good(client, customers["C-1"]) is is_good


async def test_invoices_from_then_on_are_not_reverse_charged(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, customers: dict[str, UUID]
) -> None:
    await wants_vies(client)
    await recheck(database, tenant.id, Register(known={"136695976"}))

    buyers = await database.run(
        tenant.id, lambda session: load_buyers(session, list(customers.values()))
    )

    assert not buyers[customers["C-1"]].has_valid_tax_id
    assert buyers[customers["C-2"]].has_valid_tax_id

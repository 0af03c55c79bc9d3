from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.testing import Tenant
from dotmac_customers import (
    CustomerKind,
    CustomerService,
    CustomerState,
    NewCustomer,
    PostalAddress,
    Reason,
)
from dotmac_customers.profiles.errors import (
    CustomerNotFoundError,
    CustomerNumberTakenError,
    ExternalIdTakenError,
    IllegalMoveError,
)

STOCKHOLM = PostalAddress(line1="Sveavägen 1", postal_code="111 57", city="Stockholm", country="se")
ANN = NewCustomer(name="Ann Berg", email="Ann@Example.com", tags=("vip",), address=STOCKHOLM)


async def announced(session: AsyncSession) -> list[tuple[str, dict[str, Any]]]:
    rows = await session.execute(sa.text("SELECT name, payload FROM events.outbox ORDER BY id"))
    return [(row.name, row.payload) for row in rows]


async def test_a_new_customer_has_a_number_and_all_that_was_given(session: AsyncSession) -> None:
    customers = CustomerService.within(session)

    made = await customers.create(ANN)

    profile = await customers.by_id(made.id)
    assert made.number == profile.number == "C-000001"
    assert (profile.name, profile.email) == ("Ann Berg", "ann@example.com")
    assert profile.address is not None
    assert profile.address.country == "SE"
    assert (profile.state, profile.version) == (CustomerState.ACTIVE, 1)


async def test_what_billing_needs_is_announced(session: AsyncSession) -> None:
    made = await CustomerService.within(session).create(ANN)

    [(name, payload)] = await announced(session)
    assert name == "customers.customer_created"
    assert payload["customer_id"] == str(made.id)
    assert payload["customer_name"] == "Ann Berg"
    assert (payload["email"], payload["country"]) == ("ann@example.com", "SE")
    assert (payload["currency"], payload["time_zone"]) == (None, None)


async def test_many_at_once_are_numbered_in_their_order(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    wanted = [NewCustomer(name=f"Customer {n}", address=STOCKHOLM) for n in range(250)]

    made = await customers.create_many(wanted)

    assert [customer.number for customer in made] == [f"C-{n:06d}" for n in range(1, 251)]
    assert len(await announced(session)) == 250
    audit = sa.text("SELECT count(*) FROM core.audit_log WHERE action = 'customers.create_many'")
    assert await session.scalar(audit) == 1


async def test_a_number_of_our_form_given_by_hand_is_not_drawn_later(session: AsyncSession) -> None:
    customers = CustomerService.within(session)

    made = await customers.create_many(
        [
            NewCustomer(name="First"),
            NewCustomer(name="By hand", number="C-000500"),
            NewCustomer(name="Elsewhere", number="7590-VHVEG"),
        ]
    )
    later = await customers.create(NewCustomer(name="Later"))

    assert [customer.number for customer in made] == ["C-000501", "C-000500", "7590-VHVEG"]
    assert later.number == "C-000502"


async def test_each_tenant_counts_for_itself(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    numbers = []
    for somebody in (tenant, second_tenant):
        async with database.transaction(somebody.id) as session:
            numbers.append((await CustomerService.within(session).create(ANN)).number)

    assert numbers == ["C-000001", "C-000001"]


@pytest.mark.parametrize(
    ("taken", "refusal"),
    [
        (NewCustomer(name="A", number="X-1"), CustomerNumberTakenError),
        (NewCustomer(name="A", external_id="X-1"), ExternalIdTakenError),
    ],
)
@pytest.mark.parametrize("others", [0, 300])
async def test_a_number_or_external_id_is_taken_once(
    database: Database, tenant: Tenant, taken: NewCustomer, refusal: type[DomainError], others: int
) -> None:
    async with database.transaction(tenant.id) as session:
        await CustomerService.within(session).create(taken)
    more = [NewCustomer(name="B", number=f"B-{n}") for n in range(others)]

    with pytest.raises(refusal) as caught:
        async with database.transaction(tenant.id) as session:
            await CustomerService.within(session).create_many([*more, taken])

    assert next(iter(caught.value.details.values())) == ["X-1"]


async def test_a_number_twice_in_one_call_is_refused(session: AsyncSession) -> None:
    twice = [NewCustomer(name="A", number="X-1"), NewCustomer(name="B", number="X-1")]

    with pytest.raises(CustomerNumberTakenError) as refusal:
        await CustomerService.within(session).create_many(twice)

    assert refusal.value.details == {"numbers": ["X-1"]}


async def test_of_two_who_take_a_number_at_once_one_is_refused(
    database: Database, tenant: Tenant
) -> None:
    async def create() -> None:
        async with database.transaction(tenant.id) as session:
            await CustomerService.within(session).create(NewCustomer(name="A", number="X-1"))

    answers = await asyncio.gather(create(), create(), return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == [
        "CustomerNumberTakenError",
        "NoneType",
    ]


async def test_a_wrong_one_among_many_lets_none_in(database: Database, tenant: Tenant) -> None:
    with pytest.raises(DomainError) as refusal:
        async with database.transaction(tenant.id) as session:
            await CustomerService.within(session).create_many([ANN, NewCustomer(name=" ")])

    assert refusal.value.details == {"field": "name"}
    async with database.transaction(tenant.id) as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM customers.customers")) == 0
        assert await session.scalar(sa.text("SELECT count(*) FROM customers.counters")) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a\x00b"},
        {"name": "\u200b\u200e"},
        {"name": "x" * 201},
        {"email": "no address"},
        {"currency": "EURO"},
        {"time_zone": "Mars/Olympus"},
        {"notes": "\ud800"},
        {"tags": ("a\nb",)},
        {"tags": tuple(f"tag-{n}" for n in range(51))},
        {"address": PostalAddress(line1="1", city="X", country="XX")},
        {"address": PostalAddress(line1="", city="X", country="SE")},
    ],
)
async def test_what_cannot_be_stored_or_meant_is_refused(
    session: AsyncSession, wrong: dict[str, Any]
) -> None:
    with pytest.raises(DomainError) as refusal:
        await CustomerService.within(session).create(NewCustomer(**({"name": "Ann"} | wrong)))

    assert refusal.value.status == 422


async def test_a_change_leaves_the_rest_and_is_told_and_recorded(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)

    changed = await customers.change(
        made.id, {"name": "Ann Lind", "phone": "+46 8 1234", "kind": CustomerKind.BUSINESS}
    )

    assert (changed.name, changed.email, changed.version) == ("Ann Lind", "ann@example.com", 2)
    assert changed == await customers.by_id(made.id)
    _, (name, payload) = await announced(session)
    assert name == "customers.customer_changed"
    assert payload["changed"] == ["kind", "name", "phone"]
    audit = sa.text("SELECT before, after FROM core.audit_log WHERE action = 'customers.change'")
    before, after = (await session.execute(audit)).one()
    assert before.keys() == after.keys() == {"name", "phone", "kind"}


async def test_a_change_to_the_same_changes_nothing(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)

    unchanged = await customers.change(made.id, {"name": " Ann Berg ", "tags": ["vip", "vip"]})

    assert unchanged.version == 1
    assert len(await announced(session)) == 1


async def test_an_address_is_moved_removed_and_given_again(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)

    moved = await customers.change(
        made.id, {"address": PostalAddress(line1="Storgatan 2", city="Umeå", country="SE")}
    )
    without = await customers.change(made.id, {"address": None})
    again = await customers.change(made.id, {"address": STOCKHOLM})

    assert moved.address is not None
    assert (moved.address.city, moved.address.postal_code) == ("Umeå", None)
    assert without.address is None
    assert again.address is not None
    assert (await customers.by_id(made.id)).address == again.address


async def test_a_number_cannot_be_changed(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)

    with pytest.raises(DomainError) as refusal:
        await customers.change(made.id, {"number": "C-9"})

    assert refusal.value.code == "INVALID_CUSTOMER"


@pytest.mark.parametrize("field", ["name", "kind"])
async def test_what_every_customer_has_cannot_be_cleared(session: AsyncSession, field: str) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)

    with pytest.raises(DomainError) as refusal:
        await customers.change(made.id, {field: None})

    assert refusal.value.details == {"field": field}


async def test_an_external_id_of_another_customer_is_refused_on_change(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        made = await CustomerService.within(session).create_many(
            [NewCustomer(name="A", external_id="X-1"), NewCustomer(name="B")]
        )
    with pytest.raises(ExternalIdTakenError):
        async with database.transaction(tenant.id) as session:
            await CustomerService.within(session).change(made[1].id, {"external_id": "X-1"})


async def test_a_customer_is_suspended_and_comes_back(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)

    suspended = await customers.move(made.id, CustomerState.SUSPENDED, Reason.NON_PAYMENT)
    back = await customers.move(made.id, CustomerState.ACTIVE, Reason.PAID)

    assert (suspended.state, suspended.state_reason) == (
        CustomerState.SUSPENDED,
        Reason.NON_PAYMENT,
    )
    assert (back.state, back.version) == (CustomerState.ACTIVE, 3)
    assert [name for name, _ in await announced(session)] == [
        "customers.customer_created",
        "customers.customer_suspended",
        "customers.customer_activated",
    ]


async def test_who_left_cannot_be_suspended(session: AsyncSession) -> None:
    customers = CustomerService.within(session)
    made = await customers.create(ANN)
    await customers.move(made.id, CustomerState.CHURNED, Reason.MOVED_AWAY)

    with pytest.raises(IllegalMoveError) as refusal:
        await customers.move(made.id, CustomerState.SUSPENDED, Reason.NON_PAYMENT)

    assert refusal.value.details["possible"] == ["active"]


async def test_another_tenants_customer_does_not_exist(
    database: Database, tenant: Tenant, second_tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        made = await CustomerService.within(session).create(ANN)

    for customer_id in (made.id, new_id()):
        with pytest.raises(CustomerNotFoundError):
            async with database.transaction(second_tenant.id) as session:
                await CustomerService.within(session).change(customer_id, {"name": "Mine"})

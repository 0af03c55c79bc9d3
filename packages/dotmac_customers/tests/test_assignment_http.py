"""Who looks after a customer, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_identity import UserService
from dotmac_identity.testing import Organisation, cheap_passwords

from .customers_over_http import code, created, names, read


@pytest.fixture
async def firm(database: Database) -> Organisation:
    """A tenant with users."""
    return await Organisation.founded(database, cheap_passwords())


@pytest.fixture
def tenant(firm: Organisation) -> Tenant:
    """The same as a tenant that tests sign in to."""
    return Tenant(firm.profile.id, firm.profile.slug)


async def test_customers_are_assigned_counted_and_handed_over_when_a_user_leaves(
    client: httpx.AsyncClient, firm: Organisation
) -> None:
    ann, bo = await firm.employs("ann", "viewer"), await firm.employs("bo", "viewer")
    customers = [await created(client, name=f"Customer {n}") for n in range(3)]
    for customer in customers[:2]:
        answer = await client.put(
            f"/customers/{customer['id']}/assignee", json={"user_id": str(ann.id)}
        )
        assert answer.json()["data"]["assignee_id"] == str(ann.id)
    loads = (await client.get("/customers/assignees")).json()["data"]

    handed = await client.post(
        "/customers/hand-over", json={"from_user_id": str(ann.id), "to_user_id": str(bo.id)}
    )

    assert loads == [{"user_id": str(ann.id), "customers": 2, "active": 2}]
    assert handed.json()["data"] == {"customers": 2}
    assert await names(client, assignee_id=str(bo.id)) == ["Customer 0", "Customer 1"]
    assert await names(client, assignee_id=str(ann.id)) == []
    freed = await client.put(f"/customers/{customers[0]['id']}/assignee", json={"user_id": None})
    assert freed.json()["data"]["assignee_id"] is None


async def test_many_are_assigned_at_once(client: httpx.AsyncClient, firm: Organisation) -> None:
    ann = await firm.employs("ann", "viewer")
    for n in range(3):
        await created(client, name=f"Customer {n}", tags=["north"])

    answer = await client.patch(
        "/customers/bulk",
        json={"filter": {"field": "tag", "value": "north"}, "assignee_id": str(ann.id)},
    )

    assert answer.json()["data"]["assigned"] == 3
    assert len(await names(client, assignee_id=str(ann.id))) == 3


async def test_who_has_left_or_belongs_elsewhere_looks_after_nobody(
    client: httpx.AsyncClient, firm: Organisation, database: Database
) -> None:
    gone = await firm.employs("gone", "viewer")
    async with database.transaction(firm.profile.id) as session:
        await UserService.within(session, cheap_passwords()).deactivate(gone.id)
    stranger = await (await Organisation.founded(database, cheap_passwords())).owner()
    customer = await created(client, name="Customer")
    path = f"/customers/{customer['id']}/assignee"

    inactive = await client.put(path, json={"user_id": str(gone.id)})
    unknown = await client.put(path, json={"user_id": str(stranger.id)})

    assert code(inactive) == "409 ASSIGNEE_INACTIVE"
    assert code(unknown) == "404 USER_NOT_FOUND"
    assert (await read(client, customer))["assignee_id"] is None


async def test_a_clerk_does_not_assign(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    customer = await created(client, name="Customer")
    clerk = signed_in(tenant, "customers:read", "customers:write")
    path = f"/customers/{customer['id']}/assignee"

    denied = [
        await clerk.put(path, json={"user_id": None}),
        await clerk.post("/customers/hand-over", json={"from_user_id": customer["id"]}),
    ]

    assert {code(answer) for answer in denied} == {"403 PERMISSION_DENIED"}
    assert code(await signed_in(second_tenant).put(path, json={"user_id": None})) == (
        "404 CUSTOMER_NOT_FOUND"
    )

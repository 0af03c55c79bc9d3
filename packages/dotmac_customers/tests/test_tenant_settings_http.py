"""What an organisation sets about documents and quiet hours, at the one place for settings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa

import dotmac_identity
from dotmac_api_gateway.testing import SignedIn, signed_in_clients
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module

from .customers_over_http import code, created

ACCEPTED = "/customer-documents/settings"
NOTICE = {"topic": "service", "subject": "Works", "text": "No service on Monday."}


@pytest.fixture
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    async with signed_in_clients(database, module, dotmac_identity.module) as opened:
        yield opened


@pytest.fixture
def client(signed_in: SignedIn, tenant: Tenant) -> httpx.AsyncClient:
    return signed_in(tenant)


async def sets(client: httpx.AsyncClient, values: dict[str, object]) -> httpx.Response:
    return await client.patch(
        "/tenant/settings", headers={"If-Match": "*"}, json={"values": values}
    )


async def test_what_is_accepted_is_set_at_either_place_and_kept_in_one(
    client: httpx.AsyncClient, signed_in: SignedIn, tenant: Tenant
) -> None:
    set_here = await sets(client, {"documents.max_bytes": 2000})
    seen_there = (await client.get(ACCEPTED)).json()["data"]
    await client.put(ACCEPTED, json={"max_bytes": 3000, "media_types": ["application/pdf"]})
    seen_here = {one["key"]: one for one in (await client.get("/tenant/settings")).json()["data"]}
    html = await sets(client, {"documents.media_types": ["text/html"]})
    clerk = signed_in(tenant, "documents:read", "tenant:read")
    refused = await sets(clerk, {"documents.max_bytes": 5000})

    assert set_here.status_code == 200, set_here.text
    assert seen_there["max_bytes"] == 2000
    assert "image/png" in seen_there["media_types"]
    assert seen_here["documents.max_bytes"]["value"] == 3000
    assert seen_here["documents.media_types"]["value"] == ["application/pdf"]
    assert code(html) == "422 INVALID_TENANT_SETTING"
    assert code(refused) == "403 PERMISSION_DENIED"


async def test_what_was_chosen_before_there_were_settings_holds_until_it_is_set(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    former = (
        "INSERT INTO customers.document_settings (max_bytes, media_types) "
        "VALUES (4000, '{application/pdf}')"
    )
    async with database.transaction(tenant.id) as session:
        await session.execute(sa.text(former))

    before = (await client.get(ACCEPTED)).json()["data"]
    await sets(client, {"documents.max_bytes": 5000})
    after = (await client.get(ACCEPTED)).json()["data"]

    chosen = {"media_types": ["application/pdf"], "portal_uploads": False}
    assert before == {"max_bytes": 4000, **chosen}
    assert after == {"max_bytes": 5000, **chosen}


@pytest.mark.parametrize("hours", ["22:00", "24:00-07:00", "22:00-7:00", "at night", 22])
async def test_quiet_hours_that_are_none_are_refused(
    client: httpx.AsyncClient, hours: object
) -> None:
    refused = await sets(client, {"communication.quiet_hours": hours})

    assert code(refused) == "422 INVALID_TENANT_SETTING"


async def test_who_chose_no_quiet_hours_has_those_of_the_organisation(
    client: httpx.AsyncClient,
) -> None:
    # It is 7:00 in New York and 21:00 in Tokyo, where one of the two has hours of its own.
    ann = await created(client, name="Ann", email="a@example.com", time_zone="America/New_York")
    bo = await created(client, name="Bo", email="b@example.com", time_zone="Asia/Tokyo")
    own = {"starts": "23:00", "ends": "06:00"}
    await client.put(f"/customers/{bo['id']}/quiet-hours", json=own)
    to_ann, to_bo = (f"/customers/{one['id']}/notices" for one in (ann, bo))

    await sets(client, {"communication.quiet_hours": "20:00-08:00"})
    held = (await client.post(to_ann, json=NOTICE)).json()["data"]
    sent = (await client.post(to_bo, json=NOTICE)).json()["data"]
    await sets(client, {"communication.quiet_hours": None})
    freed = (await client.post(to_ann, json=NOTICE)).json()["data"]

    assert (held["outcome"], held["send_at"]) == ("held", "2026-11-20T13:00:00Z")
    assert (sent["outcome"], freed["outcome"]) == ("sent", "sent")

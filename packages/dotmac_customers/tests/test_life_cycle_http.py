"""How customers come, stay and go, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import LEGAL_MOVES, CustomerState

from .customers_over_http import code, created, read

YEAR = {"from_at": "2026-01-01T00:00:00Z", "to_at": "2028-01-01T00:00:00Z"}


async def moved(
    client: httpx.AsyncClient, customer: dict[str, Any], state: str, reason: str, **more: str
) -> dict[str, Any]:
    answer = await client.post(
        f"/customers/{customer['id']}/state", json={"state": state, "reason": reason, **more}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def test_a_lead_becomes_a_customer_leaves_and_is_won_back(
    client: httpx.AsyncClient, clock: FrozenClock
) -> None:
    ann = await created(client, name="Ann", state="lead")
    for days, state, reason in (
        (2, "prospect", "qualified"),
        (3, "active", "signed"),
        (200, "churned", "competitor"),
        (40, "active", "won_back"),
    ):
        clock.advance(days=days)
        await moved(client, ann, state, reason, note=f"because of {reason}")

    history = (await client.get(f"/customers/{ann['id']}/state-changes")).json()
    now = await read(client, ann)
    report = (await client.get("/customers/life-cycle", params=YEAR)).json()["data"]

    assert history["meta"]["pagination"]["total"] == 4
    latest = history["data"][0]
    assert (latest["from_state"], latest["to_state"], latest["reason"], latest["note"]) == (
        *("churned", "active", "won_back", "because of won_back"),
    )
    assert (latest["actor"], latest["since_at"]) == ("somebody", "2027-06-13T12:00:00Z")
    assert now["activated_at"] == "2026-11-25T12:00:00.000000Z"
    assert now["churned_at"] == "2027-06-13T12:00:00.000000Z"
    assert report["win_back"] == {
        "churned": 1,
        "won_back": 1,
        "stayed": 1,
        "median_days_away": 40.0,
    }
    assert {"state": "active", "customers": 1} in report["states"]
    assert len(report["moves"]) == 4


async def test_mistakes_and_duplicates_are_no_win_backs(client: httpx.AsyncClient) -> None:
    ann = await created(client, name="Ann")
    await moved(client, ann, "churned", "duplicate")
    await moved(client, ann, "active", "mistake")

    report = (await client.get("/customers/life-cycle", params=YEAR)).json()["data"]

    assert (report["win_back"]["churned"], report["win_back"]["won_back"]) == (0, 0)
    assert report["win_back"]["median_days_away"] is None


@pytest.mark.parametrize("start", list(CustomerState))
@pytest.mark.parametrize("end", list(CustomerState))
async def test_only_legal_moves_are_made(
    client: httpx.AsyncClient, start: CustomerState, end: CustomerState
) -> None:
    ann = await created(client, name="Ann", state=start.value)
    reasons = LEGAL_MOVES.get((start, end), ())
    offered = (await client.get(f"/customers/{ann['id']}/moves")).json()["data"]

    answer = await client.post(
        f"/customers/{ann['id']}/state",
        json={"state": end.value, "reason": min(reasons, default="other")},
    )

    assert (end.value in {choice["state"] for choice in offered}) is bool(reasons)
    if reasons:
        assert answer.json()["data"]["state"] == end.value
    else:
        assert code(answer) == "409 ILLEGAL_CUSTOMER_MOVE"


async def test_history_cannot_be_rewritten(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    ann = await created(client, name="Ann")
    await moved(client, ann, "churned", "moved_away")

    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        async with database.transaction(tenant.id) as session:
            await session.execute(sa.text("UPDATE customers.state_changes SET reason = 'other'"))


async def test_who_must_not_moves_nobody_and_reads_nothing(
    signed_in: SignedIn, tenant: Tenant, second_tenant: Tenant, client: httpx.AsyncClient
) -> None:
    ann = await created(client, name="Ann")
    reader = signed_in(tenant, "customers:read")
    other = signed_in(second_tenant)
    body = {"state": "churned", "reason": "other"}

    assert code(await reader.post(f"/customers/{ann['id']}/state", json=body)) == (
        "403 PERMISSION_DENIED"
    )
    assert code(await other.get(f"/customers/{ann['id']}/state-changes")) == (
        "404 CUSTOMER_NOT_FOUND"
    )
    theirs = (await other.get("/customers/life-cycle", params=YEAR)).json()["data"]
    assert theirs["states"] == []

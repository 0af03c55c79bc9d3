"""What customers do with their own data in the portal, and that nobody else's is there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest

from dotmac_core_events import create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module
from dotmac_identity.testing import PASSWORD

from .customers_over_http import code
from .portal_site import Site

BEN = {"email": "ben@example.com", "name": "Ben"}
ALL = ["portal:profile", "portal:documents"]
SHOP = {
    "kind": "billing",
    "line1": "Sveavägen 1",
    "postal_code": "111 57",
    "city": "Stockholm",
    "country": "SE",
}
ANY = {"If-Match": "*"}


def data(answer: httpx.Response) -> dict[str, object]:
    assert answer.is_success, answer.text
    found: dict[str, object] = answer.json()["data"]
    return found


async def leave(site: Site) -> None:
    """Let the first customer be one no more."""
    body = {"state": "churned", "reason": "customer_request"}
    path = f"/customers/{site.customer_id}/state"
    assert (await site.client.post(path, headers=site.owner, json=body)).status_code == 200


async def test_a_customer_says_what_they_want_to_hear_also_after_leaving(site: Site) -> None:
    ann, ben = await site.joins(site.customer_id), await site.joins(site.other_id, **BEN)
    path, client = "/portal/me", site.client
    off = {"channel": "email", "topic": "technical", "is_enabled": False}
    agreed = {"channel": "email", "decision": "given", "text_version": "2026-01"}

    await client.put(f"{path}/quiet-hours", headers=ann, json={"starts": "22:00", "ends": "07:00"})
    changed = await client.put(
        f"{path}/communication-preferences", headers=ann, json={"preferences": [off]}
    )
    unfounded = await client.post(
        f"{path}/consents", headers=ann, json={**agreed, "text_version": None}
    )
    await client.post(f"{path}/consents", headers=ann, json=agreed)
    await leave(site)
    withdrawn = await client.post(
        f"{path}/consents", headers=ann, json={"channel": "email", "decision": "withdrawn"}
    )
    history = (await client.get(f"{path}/consents", headers=ann)).json()["data"]
    others = (await client.get(f"{path}/communication-preferences", headers=ben)).json()["data"]
    seen = await client.get(f"/customers/{site.customer_id}/consents", headers=site.owner)

    assert (
        off.items()
        <= next(
            one for one in changed.json()["data"]["preferences"] if one["topic"] == "technical"
        ).items()
    )
    assert changed.json()["data"]["quiet_hours"]["starts"] == "22:00:00"
    assert code(unfounded) == "422 CONSENT_WITHOUT_TEXT"
    assert withdrawn.status_code == 201
    assert [one["decision"] for one in history] == ["given", "withdrawn"]
    assert {"note", "recorded_by"}.isdisjoint(history[0])
    assert {one["method"] for one in seen.json()["data"]} == {"preference_page"}
    assert others["quiet_hours"] is None
    assert all(one["is_default"] for one in others["preferences"])


async def test_a_customer_keeps_their_addresses_and_sees_nobody_elses(site: Site) -> None:
    ann, ben = await site.joins(site.customer_id), await site.joins(site.other_id, **BEN)
    path, client = "/portal/me/addresses", site.client

    first = data(await client.post(path, headers=ann, json=SHOP))
    second = data(await client.post(path, headers=ann, json={**SHOP, "line1": "Drottninggatan 2"}))
    wrong = await client.post(path, headers=ann, json={**SHOP, "postal_code": "1"})
    placed = await client.post(
        path,
        headers=ann,
        json={**SHOP, "coordinates": {"latitude": 1, "longitude": 1}},
    )
    one = f"{path}/{second['id']}"
    blind = await client.patch(one, headers=ann, json={"label": "Shop"})
    changed = data(await client.patch(one, headers={**ann, **ANY}, json={"label": "Shop"}))
    primary = data(await client.post(f"{one}/primary", headers=ann))
    foreign = [
        await client.get(one, headers=ben),
        await client.patch(one, headers={**ben, **ANY}, json={"label": "Mine"}),
        await client.post(f"{one}/primary", headers=ben),
    ]
    await leave(site)
    late = await client.post(path, headers=ann, json=SHOP)
    listed = (await client.get(path, headers=ann, params={"kind": "billing"})).json()["data"]

    assert (first["is_primary"], second["is_primary"]) == (True, False)
    assert wrong.status_code == placed.status_code == 422
    assert blind.status_code == 428
    assert (changed["label"], primary["is_primary"]) == ("Shop", True)
    assert {code(answer) for answer in foreign} == {"404 ADDRESS_NOT_FOUND"}
    assert code(late) == "403 FORMER_CUSTOMER"
    assert [each["id"] for each in listed] == [second["id"], first["id"]]


async def test_a_customer_verifies_their_own_address_by_code(site: Site) -> None:
    ann, ben = await site.joins(site.customer_id), await site.joins(site.other_id, **BEN)
    client, path = site.client, "/portal/me"
    await client.patch(path, headers={**ann, **ANY}, json={"email": "berg@example.com"})

    nothing = await client.post(f"{path}/verify-email", headers=ben)
    begun = await client.post(f"{path}/verify-email", headers=ann)
    profile = site.organisation.profile
    [mail] = await site.sink.deliver_messages(Tenant(profile.id, profile.slug))
    [sent] = [word for word in mail.text.split() if word.isdigit() and len(word) == 6]
    wrong = await client.post(
        f"{path}/verify-email/code", headers=ann, json={"code": f"{(int(sent) + 1) % 10**6:06}"}
    )
    of_other = await client.post(f"{path}/verify-email/code", headers=ben, json={"code": sent})
    right = await client.post(f"{path}/verify-email/code", headers=ann, json={"code": sent})
    again = await client.post(f"{path}/verify-email/code", headers=ann, json={"code": sent})
    status = data(await client.get(f"{path}/email-verification-status", headers=ann))
    no_phone = await client.post(f"{path}/verify-phone", headers=ann)

    assert begun.status_code == 202
    assert code(nothing) == code(no_phone) == "422 NOTHING_TO_VERIFY"
    assert {code(one) for one in (wrong, of_other, again)} == {"422 VERIFICATION_CODE_WRONG"}
    assert (right.status_code, status["is_verified"]) == (200, True)


async def test_a_customer_sees_what_was_shared_and_brings_what_is_taken(
    site: Site, tmp_path: Path
) -> None:
    ann = await site.joins(site.customer_id, permissions=ALL)
    ben = await site.joins(site.other_id, **BEN, permissions=ALL)
    carl = await site.joins(site.customer_id, email="carl@example.com")
    path, client, staff = "/portal/me/documents", site.client, site.owner
    file = {"file": ("contract.txt", b"We agree.", "text/plain")}
    inside = f"/customers/{site.customer_id}/documents"

    with keeping_files_in(DiskFiles(tmp_path)):
        shared, hidden = [
            data(
                await client.post(
                    inside,
                    headers=staff,
                    files=file,
                    data={"kind": "contract", **shared_or_not},
                )
            )
            for shared_or_not in ({"is_shared": "true"}, {})
        ]
        closed = await client.post(path, headers=ann, files=file, data={"kind": "id_card"})
        await client.put(
            "/customer-documents/settings", headers=staff, json={"portal_uploads": True}
        )
        brought = data(await client.post(path, headers=ann, files=file, data={"kind": "id_card"}))
        listed = (await client.get(path, headers=ann)).json()["data"]
        link = data(await client.post(f"{path}/{shared['id']}/link", headers=ann))
        fetched = await client.get(urlsplit(str(link["url"])).path.removeprefix("/api/v1"))
        refused = [
            await client.post(f"{path}/{one['id']}/link", headers=whose)
            for one, whose in ((hidden, ann), (shared, ben), (brought, ben))
        ]
    seen = data(await client.get(f"{inside}/{brought['id']}", headers=staff))

    assert code(closed) == "403 PORTAL_UPLOADS_CLOSED"
    assert [one["id"] for one in listed] == [brought["id"], shared["id"]]
    assert {"verification_note", "created_by", "is_private"}.isdisjoint(listed[0])
    assert fetched.content == b"We agree."
    assert {code(answer) for answer in refused} == {"404 CUSTOMER_DOCUMENT_NOT_FOUND"}
    assert (await client.get(path, headers=ben)).json()["data"] == []
    assert code(await client.get(path, headers=carl)) == "403 PERMISSION_DENIED"
    assert (seen["is_shared"], seen["verification"]) == (True, "pending")


async def test_a_customer_asks_for_their_data_and_fetches_it(site: Site, tmp_path: Path) -> None:
    ann, ben = await site.joins(site.customer_id), await site.joins(site.other_id, **BEN)
    path, client, staff = "/portal/me/data-requests", site.client, site.owner
    await leave(site)

    asked = data(await client.post(path, headers=ann, json={"kind": "access"}))
    twice = await client.post(path, headers=ann, json={"kind": "access"})
    early = await client.post(f"{path}/{asked['id']}/link", headers=ann)
    with keeping_files_in(DiskFiles(tmp_path)):
        handled = f"/data-requests/{asked['id']}"
        await client.post(f"{handled}/identity", headers=staff, json={"how": "Called back."})
        await client.post(f"{handled}/fulfilment", headers=staff)
        database = site.organisation.database
        await create_worker([module], database, database.clock).drain(site.organisation.profile.id)
        link = data(await client.post(f"{path}/{asked['id']}/link", headers=ann))
        fetched = await client.get(urlsplit(str(link["url"])).path.removeprefix("/api/v1"))
    foreign = await client.post(f"{path}/{asked['id']}/link", headers=ben)
    [listed] = (await client.get(path, headers=ann)).json()["data"]

    assert code(twice) == "409 DATA_REQUEST_OPEN"
    assert code(early) == "404 DATA_EXPORT_GONE"
    assert fetched.content.startswith(b"PK")
    assert code(foreign) == "404 DATA_REQUEST_NOT_FOUND"
    assert (listed["state"], (await client.get(path, headers=ben)).json()["data"]) == ("done", [])


async def test_a_customer_has_a_second_factor_as_the_staff_has(
    site: Site, clock: FrozenClock
) -> None:
    ann = await site.joins(site.customer_id)
    client, factors = site.client, "/portal/account/second-factors"
    begun = data(await client.post(f"{factors}/totp", headers=ann, json={"password": PASSWORD}))
    app = pyotp.TOTP(str(begun["secret"]))
    confirmed = await client.post(
        f"{factors}/totp/confirm", headers=ann, json={"code": app.at(clock.now())}
    )
    paper = confirmed.json()["data"]["recovery_codes"]

    async def challenge() -> str:
        answer = await site.signed_in("/portal/auth", "ann@example.com")
        assert code(answer) == "403 SECOND_FACTOR_REQUIRED"
        found: str = answer.json()["error"]["details"]["challenge"]
        return found

    async def shown(door: str, what: str) -> httpx.Response:
        body = {"challenge": await challenge(), "code": what}
        return await client.post(f"{door}/second-factor", json=body)

    clock.advance(seconds=30)
    used = app.at(clock.now())
    by_app, again = await shown("/portal/auth", used), await shown("/portal/auth", used)
    by_paper, twice = await shown("/portal/auth", paper[0]), await shown("/portal/auth", paper[0])
    wrong_door = await shown("/auth", paper[1])

    assert by_app.status_code == by_paper.status_code == 200
    bearer = {"Authorization": f"Bearer {by_paper.json()['data']['access_token']}"}
    assert (await client.get("/portal/me", headers=bearer)).status_code == 200
    left = (await client.get(factors, headers=bearer)).json()["data"]["recovery_codes_left"]
    assert left == 9
    assert {code(one) for one in (again, twice, wrong_door)} == {"401 INVALID_SECOND_FACTOR"}


@pytest.mark.parametrize(
    "path",
    ["communication-preferences", "consents", "addresses", "documents", "data-requests"],
)
async def test_the_staff_does_not_come_in_by_the_portal(site: Site, path: str) -> None:
    answer = await site.client.get(f"/portal/me/{path}", headers=site.owner)

    assert code(answer) == "403 WRONG_AUDIENCE"

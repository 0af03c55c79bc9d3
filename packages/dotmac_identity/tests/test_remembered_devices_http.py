from __future__ import annotations

import httpx

from dotmac_identity.testing import PASSWORD
from packages.dotmac_identity.tests.front_desk import bearer, code
from packages.dotmac_identity.tests.phones import Phone, authorized

NEW_PASSWORD = "another correct horse battery"


async def test_a_remembered_device_needs_the_password_alone_for_thirty_days(phone: Phone) -> None:
    device = (await phone.signs_in(remember_device=True))["device_token"]

    here = await phone.password(device_token=device)
    wrong = await phone.password("not the password", device_token=device)
    elsewhere = await phone.password()
    phone.clock.advance(days=30)
    later = await phone.password(device_token=device)

    assert here.status_code == 200
    assert code(wrong) == "401 INVALID_CREDENTIALS"
    assert code(elsewhere) == code(later) == "403 SECOND_FACTOR_REQUIRED"


async def test_a_remembered_device_is_nobody_elses(phone: Phone, client: httpx.AsyncClient) -> None:
    device = (await phone.signs_in(remember_device=True))["device_token"]
    await phone.organisation.employs("emil", "viewer")
    emil = Phone(client, phone.organisation, phone.clock, "emil")
    await emil.enrols(await bearer(client, phone.organisation, "emil"))

    answer = await emil.password(device_token=device)

    assert code(answer) == "403 SECOND_FACTOR_REQUIRED"


async def test_remembered_devices_are_listed_and_forgotten_by_their_owner_only(
    phone: Phone, client: httpx.AsyncClient
) -> None:
    tokens = await phone.signs_in(remember_device=True)
    await phone.organisation.employs("emil", "viewer")
    emil = await bearer(client, phone.organisation, "emil")
    [device] = (await client.get("/me/remembered-devices", headers=authorized(tokens))).json()[
        "data"
    ]
    path = f"/me/remembered-devices/{device['id']}/forget"

    refused = await client.post(path, headers=emil)
    done = await client.post(path, headers=authorized(tokens))
    asked = await phone.password(device_token=tokens["device_token"])

    assert code(refused) == "404 REMEMBERED_DEVICE_NOT_FOUND"
    assert done.json()["data"] == {"forgotten": 1}
    assert code(asked) == "403 SECOND_FACTOR_REQUIRED"


async def test_a_new_password_ends_remembered_devices_and_sign_ins_that_have_begun(
    phone: Phone, client: httpx.AsyncClient
) -> None:
    tokens = await phone.signs_in(remember_device=True)
    begun = await phone.challenge()
    phone.clock.advance(seconds=1)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = await client.post("/auth/password", headers=authorized(tokens), json=body)

    device = await phone.password(NEW_PASSWORD, device_token=tokens["device_token"])
    late = await phone.shown(begun, phone.next_code())

    assert changed.status_code == 200
    assert code(device) == "403 SECOND_FACTOR_REQUIRED"
    assert code(late) == "401 INVALID_SECOND_FACTOR"

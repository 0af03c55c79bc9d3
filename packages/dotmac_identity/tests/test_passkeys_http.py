"""Passkeys over HTTP, with an authenticator that really signs."""

from __future__ import annotations

import httpx
import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.personal_data import Person
from dotmac_identity import PortalAccess, UserService, module
from dotmac_identity.testing import PASSWORD, Organisation, SoftwareAuthenticator
from packages.dotmac_identity.tests.front_desk import Post, bearer, code, key_for
from packages.dotmac_identity.tests.keyrings import ORIGIN, Keyring
from packages.dotmac_identity.tests.phones import FACTORS, Phone


@pytest.fixture
async def owner(client: httpx.AsyncClient, organisation: Organisation) -> dict[str, str]:
    return await bearer(client, organisation)


@pytest.fixture
def keyring(client: httpx.AsyncClient, organisation: Organisation) -> Keyring:
    """The owner's, without a passkey."""
    return Keyring(client, organisation)


async def test_a_passkey_alone_signs_in_whoever_names_nobody(
    keyring: Keyring, owner: dict[str, str], post: Post
) -> None:
    added = await keyring.adds(owner)
    by_passkey = await keyring.signs_in()

    me = await keyring.client.get("/auth/me", headers=by_passkey)
    [seen] = (await keyring.client.get("/me/passkeys", headers=by_passkey)).json()["data"]

    assert me.json()["data"]["name"] == "Olga Owner"
    assert (seen["name"], seen["site"], seen["signs_in_alone"]) == ("Laptop", "my.example", True)
    assert seen["id"] == added["passkey"]["id"]
    assert seen["last_used_at"] is not None
    assert "A passkey for North Net was added" in [mail.subject for mail in await post.mails()]


async def test_what_a_browser_is_asked_is_for_this_site_and_this_person(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    first = await keyring.creation_options(owner)
    made = (await keyring.sends(owner, keyring.device.creates(first))).json()["data"]
    second = await keyring.creation_options(owner)
    alone = await keyring.alone_options()

    assert first["rp"] == {"id": "my.example", "name": "North Net"}
    assert first["user"]["displayName"] == "Olga Owner (North Net)"
    assert [one["alg"] for one in first["pubKeyCredParams"]] == [-7, -8, -257]
    assert first["excludeCredentials"] == []
    assert [one["transports"] for one in second["excludeCredentials"]] == [["internal"]]
    assert (alone["allowCredentials"], alone["userVerification"]) == ([], "required")
    assert made["passkey"]["name"] == "Laptop"
    assert first["challenge"] != second["challenge"]


async def test_a_passkey_is_the_second_factor_after_a_password(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    keyring.device.verifies = False
    await keyring.adds(owner)
    asked = await keyring.password()
    answered = await keyring.steps(await keyring.challenge(), remember_device=True)
    device = answered.json()["data"]["device_token"]

    assert asked.json()["error"]["details"]["methods"] == ["passkey", "recovery_code"]
    assert answered.status_code == 200
    assert (await keyring.password(device_token=device)).status_code == 200


async def test_a_key_that_got_a_pin_signs_in_alone_once_it_was_shown_beside_the_password(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    keyring.device.verifies = False
    await keyring.adds(owner)
    keyring.device.verifies = True
    before = await keyring.shows(keyring.device.gets(await keyring.alone_options()))
    await keyring.steps(await keyring.challenge())

    assert code(before) == "401 PASSKEY_REFUSED"
    await keyring.signs_in()


async def test_app_and_passkey_stand_beside_each_other(
    phone: Phone, client: httpx.AsyncClient
) -> None:
    keyring = Keyring(client, phone.organisation)
    headers = {"Authorization": f"Bearer {(await phone.signs_in())['access_token']}"}
    added = await keyring.adds(headers)
    by_passkey = await keyring.steps(await keyring.challenge())
    removed = await client.post(
        f"{FACTORS}/totp/remove", headers=headers, json={"code": phone.next_code()}
    )
    on_paper = await keyring.answers(await keyring.challenge(), code=phone.paper[0])
    status = await client.get(FACTORS, headers=headers)

    assert added["recovery_codes"] == []  # those from before stay good
    assert by_passkey.status_code == removed.status_code == on_paper.status_code == 200
    assert status.json()["data"] == {
        "totp_confirmed_at": None,
        "passkeys": 1,
        "recovery_codes_left": 9,
    }


async def test_the_first_factor_comes_with_recovery_codes(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    codes = (await keyring.adds(owner))["recovery_codes"]
    more = (await keyring.adds(owner, "Phone"))["recovery_codes"]

    lost = await keyring.answers(await keyring.challenge(), code=codes[0])
    again = await keyring.answers(await keyring.challenge(), code=codes[0])

    assert (len(codes), more) == (10, [])
    assert lost.status_code == 200
    assert code(again) == "401 INVALID_SECOND_FACTOR"


async def test_passkeys_are_named_and_removed_by_their_owner_only(
    keyring: Keyring, owner: dict[str, str], post: Post
) -> None:
    added = await keyring.adds(owner)
    path = f"/me/passkeys/{added['passkey']['id']}"
    await keyring.organisation.employs("emil", "viewer")
    emil = await bearer(keyring.client, keyring.organisation, "emil")
    mine = {"password": PASSWORD}

    named = await keyring.client.patch(path, headers=owner, json={"name": "Old laptop"})
    refused = [
        code(await keyring.client.patch(path, headers=emil, json={"name": "Mine"})),
        code(await keyring.client.post(f"{path}/remove", headers=emil, json=mine)),
    ]
    await post.mails()
    removed = await keyring.client.post(f"{path}/remove", headers=owner, json=mine)
    shown = await keyring.shows(keyring.device.gets(await keyring.alone_options()))

    assert named.json()["data"]["name"] == "Old laptop"
    assert refused == ["404 PASSKEY_NOT_FOUND"] * 2
    assert removed.json()["data"] == {"done": True}
    assert code(shown) == "401 PASSKEY_REFUSED"
    assert (await keyring.password()).status_code == 200  # no factor is left
    assert "you removed the passkey “Old laptop”" in " ".join(m.text for m in await post.mails())


async def test_adding_and_removing_needs_the_password_and_guesses_lock(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    added = await keyring.adds(owner)
    path, wrong = f"/me/passkeys/{added['passkey']['id']}/remove", {"password": "not mine"}

    begun = await keyring.client.post("/me/passkeys/options", headers=owner, json=wrong)
    removed = [await keyring.client.post(path, headers=owner, json=wrong) for _ in range(4)]
    locked = await keyring.client.post(path, headers=owner, json={"password": PASSWORD})

    assert {code(one) for one in (begun, *removed, locked)} == {"401 INVALID_CREDENTIALS"}
    assert len((await keyring.client.get("/me/passkeys", headers=owner)).json()["data"]) == 1


async def test_a_removed_passkey_ends_remembered_devices(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    await keyring.adds(owner, "Phone")
    lost = (await keyring.adds(owner, "Lost laptop"))["passkey"]["id"]
    signed_in = await keyring.steps(await keyring.challenge(), remember_device=True)
    device = signed_in.json()["data"]["device_token"]

    path = f"/me/passkeys/{lost}/remove"
    removed = await keyring.client.post(path, headers=owner, json={"password": PASSWORD})

    assert removed.status_code == 200, removed.text
    assert code(await keyring.password(device_token=device)) == "403 SECOND_FACTOR_REQUIRED"


async def test_a_passkey_is_enough_where_a_factor_is_demanded(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    await keyring.organisation.employs("emil", "viewer")
    emil = await bearer(keyring.client, keyring.organisation, "emil")
    await keyring.client.put("/second-factor-rules", headers=owner, json={"roles": ["viewer"]})
    closed = await keyring.client.get("/users", headers=emil)
    await Keyring(keyring.client, keyring.organisation, "emil").adds(emil)
    opened = await keyring.client.get("/users", headers=emil)

    assert code(closed) == "403 SECOND_FACTOR_MISSING"
    assert opened.status_code == 200


async def test_a_reset_by_an_administrator_ends_passkeys(
    keyring: Keyring, owner: dict[str, str], post: Post
) -> None:
    emil = await keyring.organisation.employs("emil", "viewer")
    lost = Keyring(keyring.client, keyring.organisation, "emil")
    headers = await bearer(keyring.client, keyring.organisation, "emil")
    await lost.adds(headers)
    await post.mails()

    path = f"/users/{emil.id}/second-factors/reset"
    refused = await keyring.client.post(path, headers=headers)
    reset = await keyring.client.post(path, headers=owner)
    shown = await lost.shows(lost.device.gets(await lost.alone_options()))

    assert code(refused) == "403 PERMISSION_DENIED"
    assert reset.status_code == 200
    assert code(shown) == "401 PASSKEY_REFUSED"
    assert code(await keyring.client.get("/me", headers=headers)) == "401 SESSION_ENDED"
    assert (await lost.password()).status_code == 200
    assert "your passkeys" in " ".join(mail.text for mail in await post.mails())


async def test_whoever_is_deactivated_or_locked_is_not_let_in_by_a_passkey(
    keyring: Keyring, owner: dict[str, str], clock: FrozenClock
) -> None:
    emil = await keyring.organisation.employs("emil", "viewer")
    other = Keyring(keyring.client, keyring.organisation, "emil")
    await other.adds(await bearer(keyring.client, keyring.organisation, "emil"))
    for _ in range(5):
        await other.password("not the password")
    locked = await other.shows(other.device.gets(await other.alone_options()))
    clock.advance(seconds=61)
    await other.signs_in()
    await keyring.client.post(f"/users/{emil.id}/deactivate", headers=owner)
    gone = await other.shows(other.device.gets(await other.alone_options()))

    assert code(locked) == code(gone) == "401 PASSKEY_REFUSED"
    assert locked.json()["error"]["message"] == gone.json()["error"]["message"]


async def test_customers_have_passkeys_behind_their_own_door(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    async with database.transaction(organisation.profile.id) as session:
        await UserService.within(session, organisation.passwords).create(
            email="cleo@example.com",
            name="Cleo",
            password=PASSWORD,
            portal=PortalAccess(new_id(), ()),
        )
    cleo = Keyring(client, organisation, "cleo", "/portal")
    token = (await cleo.password()).json()["data"]["access_token"]
    await cleo.adds({"Authorization": f"Bearer {token}"})

    step = await cleo.steps(await cleo.challenge())
    elsewhere = await cleo.shows(cleo.device.gets(await cleo.alone_options()), door="")
    me = await client.get("/portal/auth/me", headers=await cleo.signs_in())

    assert step.status_code == 200
    assert code(elsewhere) == "401 PASSKEY_REFUSED"
    assert me.json()["data"]["kind"] == "portal"


async def test_passkeys_of_a_customer_are_taken_along_and_forgotten_with_them(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    person = Person(new_id())
    async with database.transaction(organisation.profile.id) as session:
        await UserService.within(session, organisation.passwords).create(
            email="cleo@example.com",
            name="Cleo",
            password=PASSWORD,
            portal=PortalAccess(person.customer_id, ()),
        )
    cleo = Keyring(client, organisation, "cleo", "/portal")
    token = (await cleo.password()).json()["data"]["access_token"]
    await cleo.adds({"Authorization": f"Bearer {token}"}, "Cleo's phone")

    assert module.personal_data is not None
    async with database.transaction(organisation.profile.id) as session:
        [taken] = (await module.personal_data.export(session, person)).data["passkeys"]
        await module.personal_data.erase(session, person)
        left = (await module.personal_data.export(session, person)).data
    shown = await cleo.shows(cleo.device.gets(await cleo.alone_options()))

    assert (taken["name"], taken["site"]) == ("Cleo's phone", "my.example")
    assert {"public_key", "credential_id"}.isdisjoint(taken)
    assert "passkeys" not in left
    assert code(shown) == "401 PASSKEY_REFUSED"


async def test_an_api_key_has_no_passkeys(keyring: Keyring, owner: dict[str, str]) -> None:
    key = {"X-API-Key": (await key_for(keyring.client, owner))["secret"]}

    assert code(await keyring.client.get("/me/passkeys", headers=key)) == "403 NOT_A_PERSON"


async def test_nobody_has_more_than_twenty(keyring: Keyring, owner: dict[str, str]) -> None:
    for number in range(20):
        await keyring.adds(owner, f"Key {number}")

    refused = await keyring.client.post(
        "/me/passkeys/options", headers=owner, json={"password": PASSWORD}
    )

    assert code(refused) == "409 TOO_MANY_PASSKEYS"


async def test_a_synced_passkey_that_does_not_count_signs_in_again_and_again(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    keyring.device = SoftwareAuthenticator(ORIGIN, counts=False, is_synced=True)
    added = await keyring.adds(owner)

    for _ in range(2):
        await keyring.signs_in()

    assert added["passkey"]["is_synced"] is True

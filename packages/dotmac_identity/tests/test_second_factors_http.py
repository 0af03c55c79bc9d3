from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import Post, bearer, code, key_for
from packages.dotmac_identity.tests.phones import FACTORS, Phone, authorized


async def test_one_signs_in_with_password_and_app(
    phone: Phone, client: httpx.AsyncClient, post: Post
) -> None:
    tokens = await phone.signs_in()
    status = await client.get(FACTORS, headers=authorized(tokens))

    assert tokens["device_token"] is None
    assert status.json()["data"]["recovery_codes_left"] == 10
    assert len(set(phone.paper)) == 10
    assert "An authenticator app for North Net was set up" in [
        mail.subject for mail in await post.mails()
    ]


async def test_the_picture_says_what_the_text_says(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    begun = await client.post(f"{FACTORS}/totp", headers=owner, json={"password": PASSWORD})

    offered = begun.json()["data"]
    read = pyotp.parse_uri(offered["uri"])

    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.issuer, read.name) == (
        offered["secret"],
        "North Net",
        "owner@example.com",
    )
    assert offered["qr_svg"].startswith("<svg")


async def test_the_secret_is_sealed_and_codes_are_hashed(phone: Phone, database: Database) -> None:
    async with database.transaction(phone.organisation.profile.id) as session:
        kept = (
            await session.execute(sa.text("SELECT sealed_secret FROM identity.totp_factors"))
        ).scalar_one()
        hashes = (
            await session.scalars(sa.text("SELECT code_hash FROM identity.recovery_codes"))
        ).all()
        told = (await session.scalars(sa.text("SELECT a::text FROM core.audit_log a"))).all()

    assert phone.secret.encode() not in kept
    assert not {one.encode() for one in phone.paper} & set(hashes)
    assert not [row for row in told if phone.secret in row or phone.paper[0] in row]


async def test_an_app_counts_only_once_it_showed_a_code(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    phone = Phone(client, organisation, clock)
    owner = await bearer(client, organisation)
    wrong = await client.post(f"{FACTORS}/totp", headers=owner, json={"password": "not mine"})
    await client.post(f"{FACTORS}/totp", headers=owner, json={"password": PASSWORD})
    guessed = await client.post(f"{FACTORS}/totp/confirm", headers=owner, json={"code": "000000"})

    assert code(wrong) == "401 INVALID_CREDENTIALS"
    assert code(guessed) == "422 WRONG_ENROLMENT_CODE"
    assert (await phone.password()).status_code == 200


async def test_a_second_app_does_not_replace_the_first(
    phone: Phone, client: httpx.AsyncClient
) -> None:
    headers = authorized(await phone.signs_in())

    again = await client.post(f"{FACTORS}/totp", headers=headers, json={"password": PASSWORD})

    assert code(again) == "409 SECOND_FACTOR_EXISTS"


async def test_a_used_code_is_refused_again(phone: Phone) -> None:
    used = phone.next_code()
    first = await phone.shown(await phone.challenge(), used)
    second = await phone.shown(await phone.challenge(), used)

    assert first.status_code == 200
    assert code(second) == "401 INVALID_SECOND_FACTOR"


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 200), (30, 200), (60, 401)])
async def test_a_clock_may_be_wrong_by_one_step(phone: Phone, seconds: int, status: int) -> None:
    phone.clock.advance(minutes=10)
    shown = pyotp.TOTP(phone.secret).at(phone.clock.now() + timedelta(seconds=seconds))

    answer = await phone.shown(await phone.challenge(), shown)

    assert answer.status_code == status


async def test_a_challenge_is_good_once_and_for_five_minutes(phone: Phone) -> None:
    used, late = await phone.challenge(), await phone.challenge()
    await phone.shown(used, phone.next_code())
    again = await phone.shown(used, phone.next_code())
    phone.clock.advance(minutes=5)
    too_late = await phone.shown(late, phone.next_code())
    forged = await phone.shown(late[:-4] + "AAAA", phone.shows())

    assert {code(again), code(too_late), code(forged)} == {"401 INVALID_SECOND_FACTOR"}
    assert again.json()["error"]["message"] == too_late.json()["error"]["message"]


async def test_guessed_codes_lock_the_account_and_nothing_tells_that_the_password_was_right(
    phone: Phone,
) -> None:
    for _ in range(5):
        refused = await phone.shown(await phone.challenge(), "000000")
        assert code(refused) == "401 INVALID_SECOND_FACTOR"

    right, wrong = await phone.password(), await phone.password("not the password")
    phone.clock.advance(seconds=61)
    later = await phone.shown(await phone.challenge(), phone.shows())

    assert code(right) == code(wrong) == "401 INVALID_CREDENTIALS"
    assert right.json()["error"]["message"] == wrong.json()["error"]["message"]
    assert later.status_code == 200


async def test_the_right_password_does_not_buy_new_guesses_of_the_code(phone: Phone) -> None:
    challenge = await phone.challenge()
    for _ in range(4):
        await phone.shown(challenge, "000000")
    await phone.challenge()
    await phone.shown(challenge, "000000")

    assert code(await phone.password()) == "401 INVALID_CREDENTIALS"


async def test_a_recovery_code_is_good_once_and_told(phone: Phone, post: Post) -> None:
    await post.mails()
    typed = phone.paper[3].upper().replace("-", " ")
    first = await phone.shown(await phone.challenge(), typed)
    second = await phone.shown(await phone.challenge(), phone.paper[3])
    [mail] = await post.mails()

    assert first.status_code == 200
    assert code(second) == "401 INVALID_SECOND_FACTOR"
    assert "9 are left" in mail.text


async def test_new_recovery_codes_make_the_old_ones_void(
    phone: Phone, client: httpx.AsyncClient
) -> None:
    headers = authorized(await phone.signs_in())
    path = f"{FACTORS}/recovery-codes"
    refused = await client.post(path, headers=headers, json={"code": "000000"})
    renewed = await client.post(path, headers=headers, json={"code": phone.next_code()})
    old = await phone.shown(await phone.challenge(), phone.paper[0])
    new = renewed.json()["data"]["recovery_codes"]
    fresh = await phone.shown(await phone.challenge(), new[0])

    assert code(refused) == code(old) == "401 INVALID_SECOND_FACTOR"
    assert len(new) == 10
    assert fresh.status_code == 200


async def test_the_app_is_removed_with_a_code_and_told(
    phone: Phone, client: httpx.AsyncClient, post: Post
) -> None:
    headers = authorized(await phone.signs_in())
    await post.mails()
    refused = await client.post(f"{FACTORS}/totp/remove", headers=headers, json={"code": "1"})
    await client.post(f"{FACTORS}/totp/remove", headers=headers, json={"code": phone.next_code()})

    assert code(refused) == "401 INVALID_SECOND_FACTOR"
    assert (await phone.password()).status_code == 200
    assert "you removed" in " ".join(mail.text for mail in await post.mails())


async def test_who_has_to_have_a_factor_may_do_nothing_but_set_one_up(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock
) -> None:
    await organisation.employs("emil", "viewer")
    owner, emil = [await bearer(client, organisation, name) for name in ("owner", "emil")]
    rules = {"everybody": False, "roles": ["viewer"]}
    refused = await client.put("/second-factor-rules", headers=emil, json=rules)
    set_ = await client.put("/second-factor-rules", headers=owner, json=rules)
    closed = [
        code(await client.get(path, headers=emil))
        for path in ("/users", "/me", "/auth/me", "/me/sessions")
    ]
    phone = Phone(client, organisation, clock, "emil")
    await phone.enrols(await bearer(client, organisation, "emil"))

    assert code(refused) == "403 PERMISSION_DENIED"
    assert set_.json()["data"] == {"everybody": False, "roles": ["viewer"]}
    assert set(closed) == {"403 SECOND_FACTOR_MISSING"}
    assert (await client.get("/me", headers=emil)).status_code == 200
    assert (await client.get("/users", headers=owner)).status_code == 200


async def test_everybody_can_be_made_to_have_one(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    await client.put("/second-factor-rules", headers=owner, json={"everybody": True})

    refused = await client.get("/second-factor-rules", headers=owner)
    left = await client.post("/auth/sign-out", headers=owner)

    assert code(refused) == "403 SECOND_FACTOR_MISSING"
    assert left.status_code == 200


async def test_an_administrator_resets_who_lost_the_phone(
    client: httpx.AsyncClient, organisation: Organisation, clock: FrozenClock, post: Post
) -> None:
    emil = await organisation.employs("emil", "viewer")
    phone = Phone(client, organisation, clock, "emil")
    lost = await bearer(client, organisation, "emil")
    await phone.enrols(lost)
    await post.mails()

    owner = await bearer(client, organisation)
    reset = await client.post(f"/users/{emil.id}/second-factors/reset", headers=owner)

    assert reset.status_code == 200
    assert code(await client.get("/me", headers=lost)) == "401 SESSION_ENDED"
    assert (await phone.password()).status_code == 200
    assert "an administrator removed" in " ".join(mail.text for mail in await post.mails())


async def test_nobody_resets_who_may_more(phone: Phone, client: httpx.AsyncClient) -> None:
    organisation = phone.organisation
    boss = await organisation.owner()
    await organisation.employs("adam", "admin")
    await organisation.employs("emil", "viewer")
    path = f"/users/{boss.id}/second-factors/reset"

    answers = [
        code(await client.post(path, headers=await bearer(client, organisation, name)))
        for name in ("adam", "emil")
    ]

    assert answers == ["403 GRANT_TOO_WIDE", "403 PERMISSION_DENIED"]


async def test_of_two_uses_of_a_code_at_once_one_wins(phone: Phone) -> None:
    challenges = [await phone.challenge() for _ in range(2)]
    shown = phone.next_code()

    answers = await asyncio.gather(*(phone.shown(one, shown) for one in challenges))

    assert sorted(answer.status_code for answer in answers) == [200, 401]


async def test_recovery_codes_help_where_the_secret_cannot_be_opened(
    phone: Phone, database: Database
) -> None:
    async with database.transaction(phone.organisation.profile.id) as session:
        await session.execute(sa.text("UPDATE identity.totp_factors SET sealed_secret = 'other'"))

    answer = await phone.shown(await phone.challenge(), phone.paper[0])

    assert answer.status_code == 200


async def test_an_api_key_has_no_factor_and_is_not_asked_for_one(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    owner = await bearer(client, organisation)
    key = {"X-API-Key": (await key_for(client, owner))["secret"]}
    await client.put("/second-factor-rules", headers=owner, json={"everybody": True})

    assert (await client.get("/users", headers=key)).status_code == 200
    assert code(await client.get(FACTORS, headers=key)) == "403 NOT_A_PERSON"


async def test_factors_of_one_tenant_are_nothing_to_another(
    phone: Phone, client: httpx.AsyncClient, database: Database
) -> None:
    other = await Organisation.founded(database, phone.organisation.passwords)
    boss = await phone.organisation.owner()
    stranger = await bearer(client, other)

    reset = await client.post(f"/users/{boss.id}/second-factors/reset", headers=stranger)

    assert code(reset) == "404 USER_NOT_FOUND"
    assert code(await phone.password()) == "403 SECOND_FACTOR_REQUIRED"


async def test_who_acts_as_somebody_leaves_their_factor_alone_and_is_not_asked_to_enrol(
    client: httpx.AsyncClient, organisation: Organisation, operator: Organisation
) -> None:
    await organisation.employs("vera", "viewer")
    asked = {
        "tenant": organisation.profile.slug,
        "email": "vera@example.com",
        "reason": "Ticket 812: the invoice is not shown",
    }
    helper = await bearer(client, operator)
    started = await client.post("/impersonations", headers=helper, json=asked)
    acting = authorized(started.json()["data"])
    owner = await bearer(client, organisation)
    await client.put("/second-factor-rules", headers=owner, json={"everybody": True})

    begun = await client.post(f"{FACTORS}/totp", headers=acting, json={"password": PASSWORD})

    assert code(begun) == "403 NOT_WHILE_IMPERSONATING"
    assert (await client.get("/me", headers=acting)).status_code == 200

from __future__ import annotations

import asyncio

import httpx
import pytest
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.front_desk import Post, bearer, code, key_for

NEW = "seven purple lanterns drift"


async def forgotten(
    client: httpx.AsyncClient, organisation: Organisation, email: str = "owner@example.com"
) -> httpx.Response:
    body = {"email": email, "tenant": organisation.profile.slug}
    return await client.post("/auth/password/forgotten", json=body)


async def reset(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "password": password}
    return await client.post("/auth/password/reset", json=body)


async def signs_in(
    client: httpx.AsyncClient, organisation: Organisation, email: str, password: str
) -> bool:
    body = {"email": email, "password": password, "tenant": organisation.profile.slug}
    return (await client.post("/auth/sign-in", json=body)).status_code == 200


async def test_a_forgotten_password_is_replaced_and_everybody_is_signed_out(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    headers = await bearer(client, organisation)
    await forgotten(client, organisation, " Owner@Example.com ")
    token = await post.token()

    done = await reset(client, token)

    assert done.json()["data"] == {"done": True}
    assert code(await client.get("/me", headers=headers)) == "401 SESSION_ENDED"
    assert not await signs_in(client, organisation, "owner@example.com", PASSWORD)
    assert await signs_in(client, organisation, "owner@example.com", NEW)
    assert [mail.subject for mail in await post.mails()] == [
        "Your password for North Net was changed"
    ]


async def test_the_link_to_a_new_password_is_good_once_and_for_an_hour(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, clock: FrozenClock
) -> None:
    await forgotten(client, organisation)
    used = await post.token()
    answers = await asyncio.gather(*(reset(client, used) for _ in range(2)))
    await post.mails()
    await forgotten(client, organisation)
    late = await post.token()
    clock.advance(hours=1)

    assert sorted(answer.status_code for answer in answers) == [200, 401]
    assert code(await reset(client, used)) == "401 INVALID_ACCOUNT_TOKEN"
    assert code(await reset(client, late)) == "401 INVALID_ACCOUNT_TOKEN"


async def test_a_used_link_makes_those_before_it_useless(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    tokens = []
    for _ in range(2):
        await forgotten(client, organisation)
        tokens.append(await post.token())

    await reset(client, tokens[1])

    assert code(await reset(client, tokens[0])) == "401 INVALID_ACCOUNT_TOKEN"


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com", "no address"])
async def test_asking_for_a_password_tells_nobody_who_is_here(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, email: str
) -> None:
    answer = await forgotten(client, organisation, email)

    # The same answer after the same work, which is one job, whoever it is about.
    assert (answer.status_code, answer.json()["data"]) == (202, {"accepted": True})
    async with organisation.database.transaction(organisation.profile.id) as session:
        jobs = await session.scalar(
            sa.text("SELECT count(*) FROM events.jobs WHERE name LIKE 'identity.send_pass%'")
        )
    assert jobs == 1
    assert len(await post.mails()) == (email == "owner@example.com")


async def test_nobodys_mailbox_is_filled_by_others(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, clock: FrozenClock
) -> None:
    arrived = []
    for _ in range(5):
        await forgotten(client, organisation)
        arrived.append(len(await post.mails()))
    clock.advance(hours=1, seconds=1)
    await forgotten(client, organisation)

    assert arrived == [1, 1, 1, 0, 0]
    assert len(await post.mails()) == 1


async def test_somebody_deactivated_gets_no_link(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    gone = await organisation.employs("gone", "viewer")
    owner = await bearer(client, organisation)
    await client.post(f"/users/{gone.id}/deactivate", headers=owner)

    await forgotten(client, organisation, gone.email)

    assert await post.mails() == []


async def test_a_changed_password_ends_the_other_sessions_and_is_told(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    here, there = [await bearer(client, organisation) for _ in range(2)]
    body = {"current_password": PASSWORD, "new_password": NEW}

    changed = await client.post("/auth/password", headers=here, json=body)

    assert changed.status_code == 200
    assert (await client.get("/me", headers=here)).status_code == 200
    assert code(await client.get("/me", headers=there)) == "401 SESSION_ENDED"
    [mail] = await post.mails()
    assert (mail.recipient, mail.links) == ("owner@example.com", [])


async def test_another_address_holds_once_its_mail_was_read(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    headers = await bearer(client, organisation)
    body = {"email": "Olga@New.example", "password": PASSWORD}

    asked = await client.post("/me/email", headers=headers, json=body)
    mails = await post.mails()
    token = mails[0].links[0].partition("token=")[2]
    before = (await client.get("/me", headers=headers)).json()["data"]
    confirmed = await client.post("/auth/email/confirm", json={"token": token})

    assert asked.json()["data"]["email_asked_for"] == "olga@new.example"
    assert [mail.recipient for mail in mails] == ["olga@new.example", "owner@example.com"]
    assert mails[1].links == []  # whoever reads the old mailbox cannot bring it about
    assert before["email"] == "owner@example.com"
    assert confirmed.status_code == 200
    assert await signs_in(client, organisation, "olga@new.example", PASSWORD)
    assert not await signs_in(client, organisation, "owner@example.com", PASSWORD)
    again = await client.post("/auth/email/confirm", json={"token": token})
    assert code(again) == "401 INVALID_ACCOUNT_TOKEN"


async def test_the_old_address_undoes_the_change_within_seven_days(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, clock: FrozenClock
) -> None:
    thief = await bearer(client, organisation)
    body = {"email": "thief@new.example", "password": PASSWORD}
    await client.post("/me/email", headers=thief, json=body)
    token = (await post.mails())[0].links[0].partition("token=")[2]
    await client.post("/auth/email/confirm", json={"token": token})
    [notice] = await post.mails()
    clock.advance(days=6, hours=23)
    thief = await sign_in_as(client, organisation, "thief@new.example")

    undo = notice.links[0].partition("token=")[2]
    undone = await client.post("/auth/email/undo", json={"token": undo})

    assert (notice.recipient, undone.status_code) == ("owner@example.com", 200)
    assert code(await client.get("/me", headers=thief)) == "401 SESSION_ENDED"
    # The thief knew the password: it is void, and a link to a new one is in the old mailbox.
    assert not await signs_in(client, organisation, "owner@example.com", PASSWORD)
    assert (await reset(client, await post.token())).status_code == 200
    assert await signs_in(client, organisation, "owner@example.com", NEW)


async def sign_in_as(
    client: httpx.AsyncClient, organisation: Organisation, email: str
) -> dict[str, str]:
    body = {"email": email, "password": PASSWORD, "tenant": organisation.profile.slug}
    answer = await client.post("/auth/sign-in", json=body)
    return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


async def test_after_seven_days_the_change_stays(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, clock: FrozenClock
) -> None:
    headers = await bearer(client, organisation)
    body = {"email": "olga@new.example", "password": PASSWORD}
    await client.post("/me/email", headers=headers, json=body)
    token = (await post.mails())[0].links[0].partition("token=")[2]
    await client.post("/auth/email/confirm", json={"token": token})
    undo = await post.token()
    clock.advance(days=7)

    answer = await client.post("/auth/email/undo", json={"token": undo})

    assert code(answer) == "401 INVALID_ACCOUNT_TOKEN"


async def test_whoever_sits_at_an_open_screen_cannot_take_the_account(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    headers = await bearer(client, organisation)

    email = await client.post(
        "/me/email", headers=headers, json={"email": "a@b.example", "password": "a guess"}
    )
    password = await client.post(
        "/auth/password", headers=headers, json={"current_password": "a guess", "new_password": NEW}
    )

    assert {code(email), code(password)} == {"401 INVALID_CREDENTIALS"}
    assert await post.mails() == []


async def test_asking_for_an_address_does_not_tell_whose_it_is(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    await organisation.employs("emil", "viewer")
    headers = await bearer(client, organisation)

    free, taken = [
        await client.post("/me/email", headers=headers, json={"email": email, "password": PASSWORD})
        for email in ("free@new.example", "emil@example.com")
    ]
    token = (await post.mails())[-2].links[0].partition("token=")[2]
    confirmed = await client.post("/auth/email/confirm", json={"token": token})

    assert (free.status_code, taken.status_code) == (200, 200)
    assert code(confirmed) == "409 EMAIL_TAKEN"


async def test_one_changes_name_language_and_time_zone(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    headers = await bearer(client, organisation)
    wanted = {"name": "Olga O.", "locale": "pt_br", "time_zone": "Europe/Lisbon"}

    changed = await client.patch("/me", headers=headers, json=wanted)
    rest = [
        await client.patch("/me", headers=headers, json=body)
        for body in ({"locale": "klingon"}, {"time_zone": "Mars/Base"})
    ]

    me = changed.json()["data"]
    assert (me["name"], me["locale"], me["time_zone"]) == ("Olga O.", "pt-BR", "Europe/Lisbon")
    assert [code(answer) for answer in rest] == ["422 INVALID_LOCALE", "422 UNKNOWN_TIME_ZONE"]
    assert (await client.get("/me", headers=headers)).json()["data"]["name"] == "Olga O."


@pytest.mark.parametrize(
    "more",
    [
        {"roles": ["owner"]},
        {"email": "x@y.example"},
        {"is_active": True},
        {"kind": "portal"},
        {"tenant_id": "00000000-0000-7000-8000-000000000000"},
        {"password": "seven purple lanterns drift"},
    ],
)
async def test_a_profile_takes_nothing_that_is_not_ones_own_to_change(
    client: httpx.AsyncClient, organisation: Organisation, more: dict[str, object]
) -> None:
    await organisation.employs("emil", "viewer")
    headers = await bearer(client, organisation, "emil")

    answer = await client.patch("/me", headers=headers, json=more)

    assert code(answer) == "422 VALIDATION_FAILED"


async def test_an_api_key_has_no_account_of_its_own(
    client: httpx.AsyncClient, organisation: Organisation
) -> None:
    key = await key_for(client, await bearer(client, organisation))
    as_key = {"X-API-Key": key["secret"]}

    answers = [
        await client.get("/me", headers=as_key),
        await client.get("/me/sessions", headers=as_key),
        await client.patch("/me", headers=as_key, json={"name": "Robot"}),
    ]

    assert {code(answer) for answer in answers} == {"403 NOT_A_PERSON"}


async def test_a_token_of_one_purpose_is_useless_for_another(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    await forgotten(client, organisation)
    token = await post.token()
    renamed = "dme" + token[3:]

    for path in ("confirm", "undo"):
        for tried in (token, renamed):
            answer = await client.post(f"/auth/email/{path}", json={"token": tried})
            assert code(answer) == "401 INVALID_ACCOUNT_TOKEN"


async def test_a_token_moved_to_another_tenant_finds_nobody_there(
    client: httpx.AsyncClient, organisation: Organisation, post: Post, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    await forgotten(client, organisation)
    prefix, _, random = (await post.token()).split("_", 2)

    moved = f"{prefix}_{other.profile.id.hex}_{random}"

    assert code(await reset(client, moved)) == "401 INVALID_ACCOUNT_TOKEN"

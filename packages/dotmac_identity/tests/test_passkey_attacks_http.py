"""What people try on passkeys, with an authenticator that signs whatever it is told to."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_identity.testing import (
    EDDSA,
    ES256,
    PASSWORD,
    RS256,
    Organisation,
    SoftwareAuthenticator,
)
from packages.dotmac_identity.tests.front_desk import Post, bearer, code
from packages.dotmac_identity.tests.keyrings import ORIGIN, Keyring

REFUSED, STEP_REFUSED = "401 PASSKEY_REFUSED", "401 INVALID_SECOND_FACTOR"
NOT_ADDED = "422 INVALID_PASSKEY"

# What a browser states for a page that is not ours, or for something else than was asked for.
ELSEWHERE: tuple[dict[str, Any], ...] = (
    {"origin": "https://my.example.evil.test"},
    {"origin": "https://evil.test/https://my.example"},
    {"origin": "http://my.example"},
    {"origin": "https://my.example:444"},
    {"origin": "https://sub.my.example"},
    {"origin": "null"},
    {"site": "evil.test"},
    {"crossOrigin": True},
)


@pytest.fixture
async def owner(client: httpx.AsyncClient, organisation: Organisation) -> dict[str, str]:
    return await bearer(client, organisation)


@pytest.fixture
async def keyring(
    client: httpx.AsyncClient, organisation: Organisation, owner: dict[str, str]
) -> Keyring:
    """The owner's, with a passkey."""
    keyring = Keyring(client, organisation)
    await keyring.adds(owner)
    return keyring


async def employed(keyring: Keyring, name: str) -> tuple[Keyring, dict[str, str]]:
    """Somebody else's, without a passkey, and the headers that they are known by."""
    await keyring.organisation.employs(name, "viewer")
    headers = await bearer(keyring.client, keyring.organisation, name)
    return Keyring(keyring.client, keyring.organisation, name), headers


async def test_what_was_signed_for_another_page_is_worth_nothing_here(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    device, new = keyring.device, SoftwareAuthenticator(ORIGIN)
    for lies in (*ELSEWHERE, {"type": "webauthn.create"}):
        alone = await keyring.shows(device.gets(await keyring.alone_options(), **lies))
        challenge = await keyring.challenge()
        options = (await keyring.step_options(challenge)).json()["data"]["options"]
        step = await keyring.answers(challenge, passkey=device.gets(options, **lies))
        wanted = {"type": "webauthn.get"} if "type" in lies else lies
        made = new.creates(await keyring.creation_options(owner), **wanted)
        added = await keyring.sends(owner, made)

        answers = [code(one) for one in (alone, step, added)]
        assert answers == [REFUSED, STEP_REFUSED, NOT_ADDED], lies
        await keyring.signs_in()  # without a lie it is taken


async def test_a_challenge_is_good_once_also_where_nothing_counts(keyring: Keyring) -> None:
    keyring.device.counts = False
    shown = keyring.device.gets(await keyring.alone_options())
    first, again = await keyring.shows(shown), await keyring.shows(shown)
    both = keyring.device.gets(await keyring.alone_options())
    at_once = await asyncio.gather(*(keyring.shows(both) for _ in range(2)))

    assert first.status_code == 200
    assert code(again) == REFUSED
    assert sorted(answer.status_code for answer in at_once) == [200, 401]


async def test_a_challenge_is_good_for_five_minutes(
    keyring: Keyring, owner: dict[str, str], clock: FrozenClock
) -> None:
    shown = keyring.device.gets(await keyring.alone_options())
    made = SoftwareAuthenticator(ORIGIN).creates(await keyring.creation_options(owner))
    in_time = keyring.device.gets(await keyring.alone_options())
    clock.advance(minutes=4, seconds=59)
    assert (await keyring.shows(in_time)).status_code == 200
    clock.advance(seconds=1)

    assert code(await keyring.shows(shown)) == REFUSED
    assert code(await keyring.sends(owner, made)) == NOT_ADDED


async def test_nobody_makes_a_challenge_of_their_own(keyring: Keyring) -> None:
    options = await keyring.alone_options()
    real = base64url_to_bytes(options["challenge"])
    forged = [real[:-1] + bytes([real[-1] ^ 1]), bytes([real[0] ^ 1]) + real[1:], b"", real + b"x"]

    answers = [
        await keyring.shows(keyring.device.gets(options, challenge=bytes_to_base64url(one)))
        for one in forged
    ]

    assert {code(one) for one in answers} == {REFUSED}


async def test_a_challenge_is_good_for_what_it_was_made_for_only(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    alone = await keyring.alone_options()
    adding = await keyring.creation_options(owner)
    tokens = [await keyring.challenge() for _ in range(2)]
    steps = [(await keyring.step_options(one)).json()["data"]["options"] for one in tokens]
    device = keyring.device

    def with_challenge(options: dict[str, Any]) -> dict[str, Any]:
        return device.gets(alone, challenge=options["challenge"])

    answers = [
        code(await keyring.shows(with_challenge(adding))),
        code(await keyring.shows(with_challenge(steps[0]))),
        code(await keyring.answers(tokens[0], passkey=device.gets(alone))),
        code(await keyring.answers(tokens[0], passkey=with_challenge(steps[1]))),
        code(
            await keyring.sends(
                owner,
                SoftwareAuthenticator(ORIGIN).creates(adding, challenge=alone["challenge"]),
            )
        ),
    ]

    assert answers == [REFUSED, REFUSED, STEP_REFUSED, STEP_REFUSED, NOT_ADDED]


async def test_a_copied_authenticator_is_found_and_both_are_refused(
    keyring: Keyring, owner: dict[str, str], post: Post
) -> None:
    original, copy = keyring.device, keyring.device.copied()
    for _ in range(2):
        await keyring.signs_in()
    await post.mails()
    answers = [
        await keyring.shows(device.gets(await keyring.alone_options()))
        for device in (copy, original)
    ]
    [seen] = (await keyring.client.get("/me/passkeys", headers=owner)).json()["data"]
    step = await keyring.step_options(await keyring.challenge())  # the password is not enough

    assert {code(one) for one in answers} == {REFUSED}
    assert seen["copied_at"] is not None
    assert code(step) == "409 NO_PASSKEY_HERE"
    assert "A passkey for North Net seems to have been copied" in [
        mail.subject for mail in await post.mails()
    ]


async def test_nobody_gets_a_passkey_refused_without_having_it(keyring: Keyring) -> None:
    await keyring.signs_in()
    [real] = keyring.device.held
    thief = SoftwareAuthenticator(ORIGIN)
    thief.creates({"rp": {"id": real.site}, "user": {"id": real.handle}, "challenge": "x"})
    thief.held[0].credential_id, thief.held[0].count = real.credential_id, -1

    forged = await keyring.shows(thief.gets(await keyring.alone_options()))

    assert code(forged) == REFUSED  # by its signature: the counter is not even looked at
    await keyring.signs_in()


async def test_another_persons_passkey_is_no_answer(keyring: Keyring) -> None:
    emil, headers = await employed(keyring, "emil")
    await emil.adds(headers)
    challenge = await keyring.challenge()
    options = (await keyring.step_options(challenge)).json()["data"]["options"]
    [his], [hers] = emil.device.held, keyring.device.held
    step = await keyring.answers(challenge, passkey=emil.device.gets(options, held=his))
    his.handle = hers.handle
    alone = await emil.shows(emil.device.gets(await emil.alone_options()))

    assert code(step) == STEP_REFUSED
    assert code(alone) == REFUSED


async def test_nobody_adds_a_passkey_by_what_somebody_else_was_asked(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    emil, headers = await employed(keyring, "emil")
    elsewhere = await bearer(keyring.client, keyring.organisation, "emil")
    options = await emil.creation_options(headers)

    answers = [
        await keyring.sends(owner, emil.device.creates(options)),
        await emil.sends(elsewhere, emil.device.creates(options)),  # another session of his
        await emil.sends(headers, emil.device.creates(options)),
    ]

    assert [code(one) for one in answers[:2]] == [NOT_ADDED] * 2
    assert answers[2].status_code == 201


async def test_a_new_password_ends_the_adding_of_a_passkey_that_has_begun(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    options = await keyring.creation_options(owner)
    body = {"current_password": PASSWORD, "new_password": "another correct horse battery"}
    await keyring.client.post("/auth/password", headers=owner, json=body)

    late = await keyring.sends(owner, SoftwareAuthenticator(ORIGIN).creates(options))

    assert code(late) == NOT_ADDED
    await keyring.signs_in()  # those from before are good


async def test_a_passkey_that_is_somebody_elses_is_not_added_twice(keyring: Keyring) -> None:
    emil, headers = await employed(keyring, "emil")
    [hers] = keyring.device.held
    options = await emil.creation_options(headers)
    copied = emil.device.creates(options, credential_id=hers.credential_id)

    assert code(await emil.sends(headers, copied)) == "409 PASSKEY_EXISTS"
    await keyring.signs_in()


async def test_each_algorithm_that_is_offered_signs_in(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    for algorithm in (ES256, EDDSA, RS256):
        keyring.device = SoftwareAuthenticator(ORIGIN, algorithm)
        await keyring.adds(owner)
        await keyring.signs_in()


async def test_a_key_with_the_algorithm_of_another_is_not_taken(
    keyring: Keyring, owner: dict[str, str]
) -> None:
    es512, hs256, rs1 = -36, 5, -65535
    confusions = [
        *((ES256, RS256), (ES256, es512), (ES256, hs256)),
        *((EDDSA, ES256), (RS256, ES256), (RS256, rs1)),
    ]
    answers = []
    for algorithm, stated in confusions:
        device = SoftwareAuthenticator(ORIGIN, algorithm)
        options = await keyring.creation_options(owner)
        made = device.creates(options, stated_algorithm=stated)
        answers.append(code(await keyring.sends(owner, made)))

    assert answers == [NOT_ADDED] * len(confusions)


async def test_a_signature_by_another_key_or_none_is_refused(keyring: Keyring) -> None:
    [real] = keyring.device.held
    answers = []
    for algorithm in (ES256, EDDSA, RS256):
        other = SoftwareAuthenticator(ORIGIN, algorithm)
        other.creates({"rp": {"id": real.site}, "user": {"id": real.handle}, "challenge": "x"})
        other.held[0].credential_id = real.credential_id
        answers.append(await keyring.shows(other.gets(await keyring.alone_options())))
    unsigned = keyring.device.gets(await keyring.alone_options())
    unsigned["response"]["signature"] = "AA"
    answers.append(await keyring.shows(unsigned))

    assert {code(one) for one in answers} == {REFUSED}


async def test_who_is_unknown_has_the_same_answer_and_leaves_nothing_behind(
    keyring: Keyring, database: Database
) -> None:
    [real] = keyring.device.held
    nowhere = new_id()
    unknown = keyring.organisation.profile.id.bytes + new_id().bytes
    answers = []
    for handle in (unknown, nowhere.bytes + new_id().bytes, b"x", b""):
        real.handle = bytes_to_base64url(handle)
        answers.append(await keyring.shows(keyring.device.gets(await keyring.alone_options())))
    async with database.transaction(nowhere) as session:
        written = await session.scalar(sa.text("SELECT count(*) FROM identity.sign_in_networks"))

    assert [code(one) for one in answers] == [REFUSED] * 4
    assert len({one.text for one in answers}) == 1
    assert written == 0


async def test_failed_passkeys_lock_the_account_and_the_address(keyring: Keyring) -> None:
    for _ in range(5):
        shown = keyring.device.gets(await keyring.alone_options(), origin="https://evil.test")
        assert code(await keyring.shows(shown)) == REFUSED

    right = await keyring.shows(keyring.device.gets(await keyring.alone_options()))

    assert code(right) == REFUSED
    assert code(await keyring.password()) == "401 INVALID_CREDENTIALS"


async def test_passkeys_of_one_tenant_are_nothing_to_another(
    keyring: Keyring, owner: dict[str, str], database: Database
) -> None:
    other = await Organisation.founded(database, keyring.organisation.passwords)
    stranger = await bearer(keyring.client, other)
    [mine] = (await keyring.client.get("/me/passkeys", headers=owner)).json()["data"]
    path = f"/me/passkeys/{mine['id']}"

    renamed = await keyring.client.patch(path, headers=stranger, json={"name": "Mine"})
    removed = await keyring.client.post(
        f"{path}/remove", headers=stranger, json={"password": PASSWORD}
    )

    assert code(renamed) == code(removed) == "404 PASSKEY_NOT_FOUND"
    await keyring.signs_in()


async def test_who_acts_as_somebody_leaves_their_passkeys_alone(
    keyring: Keyring, operator: Organisation
) -> None:
    await keyring.organisation.employs("vera", "viewer")
    asked = {
        "tenant": keyring.organisation.profile.slug,
        "email": "vera@example.com",
        "reason": "Ticket 812: the invoice is not shown",
    }
    helper = await bearer(keyring.client, operator)
    started = await keyring.client.post("/impersonations", headers=helper, json=asked)
    acting = {"Authorization": f"Bearer {started.json()['data']['access_token']}"}

    begun = await keyring.client.post(
        "/me/passkeys/options", headers=acting, json={"password": PASSWORD}
    )

    assert code(begun) == "403 NOT_WHILE_IMPERSONATING"


NONSENSE = ("AAAA", "eyJ9", bytes_to_base64url(b'{"type":{},"challenge":5,"origin":[]}'))


async def test_nonsense_is_refused(keyring: Keyring, owner: dict[str, str]) -> None:
    new = SoftwareAuthenticator(ORIGIN)
    for text in NONSENSE:
        for part in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
            shown = keyring.device.gets(await keyring.alone_options())
            shown["response"][part] = text
            assert code(await keyring.shows(shown)) == REFUSED, (part, text)
        for part in ("clientDataJSON", "attestationObject"):
            made = new.creates(await keyring.creation_options(owner))
            made["response"][part] = text
            assert code(await keyring.sends(owner, made)) == NOT_ADDED, (part, text)
        await keyring.signs_in()

"""Messages are in the language of who reads them, else in the organisation's, else in English."""

from __future__ import annotations

import string

import httpx
import pytest

from dotmac_core_events import Words
from dotmac_identity.accounts import words as accounts
from dotmac_identity.approval_notices import words as approvals
from dotmac_identity.impersonation import words as impersonation
from dotmac_identity.invitations import words as invitations
from dotmac_identity.languages import LANGUAGES
from dotmac_identity.passkeys import words as passkeys
from dotmac_identity.second_factors import words as factors
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.front_desk import Post, bearer

IN_GERMAN = "Ihr Passwort für North Net"
IN_ENGLISH = "Your password for North Net"


def filled_in(text: str) -> set[str | None]:
    """What stands in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(
    "words",
    [one.WORDS for one in (accounts, approvals, factors, impersonation, invitations, passkeys)],
    ids=["accounts", "approvals", "factors", "impersonation", "invitations", "passkeys"],
)
def test_everything_is_said_in_every_language(words: Words) -> None:
    english = {name: filled_in(text) for name, text in words["en"].items()}

    for language in LANGUAGES:
        texts = words[language]
        assert {name: filled_in(text) for name, text in texts.items()} == english
        assert all(text.strip() for text in texts.values())
    assert not set(words["de"].values()) & set(words["en"].values())


async def forgets(client: httpx.AsyncClient, organisation: Organisation) -> None:
    body = {"email": "owner@example.com", "tenant": organisation.profile.slug}
    await client.post("/auth/password/forgotten", json=body)


async def speaks(client: httpx.AsyncClient, headers: dict[str, str], language: str) -> None:
    """Let the organisation speak a language."""
    body = {"values": {"messages.language": language}}
    headers = {**headers, "If-Match": "*"}
    answer = await client.patch("/tenant/settings", headers=headers, json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("reader", "ours", "subject", "spoken"),
    [
        ("de-AT", "en", IN_GERMAN, "de"),
        ("en-GB", "de", IN_ENGLISH, "en"),
        ("fr", "de", IN_GERMAN, "de"),
        ("fr", "en", IN_ENGLISH, "en"),
    ],
)
async def test_the_reader_goes_before_the_organisation_and_english_comes_last(  # noqa: PLR0917 - a table
    client: httpx.AsyncClient,
    organisation: Organisation,
    post: Post,
    reader: str,
    ours: str,
    subject: str,
    spoken: str,
) -> None:
    owner = await bearer(client, organisation)
    changed = await client.patch("/me", headers=owner, json={"locale": reader})
    assert changed.status_code == 200, changed.text
    await speaks(client, owner, ours)
    await forgets(client, organisation)

    [mail] = [mail for mail in await post.mails() if mail.links]

    assert mail.subject == subject
    assert f'<html lang="{spoken}">' in mail.html


async def test_who_chose_no_language_is_invited_in_the_organisations(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    owner = await bearer(client, organisation)
    await speaks(client, owner, "de")
    for name, more in (("vera", {}), ("emil", {"locale": "en"})):
        body = {"email": f"{name}@example.com", "name": name.title(), "roles": ["viewer"], **more}
        await client.post("/users/invitations", headers=owner, json=body)

    subjects = {mail.recipient: mail.subject for mail in await post.mails()}

    assert subjects == {
        "vera@example.com": "Olga Owner lädt Sie zu North Net ein",
        "emil@example.com": "Olga Owner invites you to North Net",
    }


async def test_a_name_in_braces_stays_a_name(
    client: httpx.AsyncClient, organisation: Organisation, post: Post
) -> None:
    owner = await bearer(client, organisation)
    body = {"email": "x@example.com", "name": "{tenant.__class__}", "roles": ["viewer"]}
    await client.post("/users/invitations", headers=owner, json=body)

    [mail] = await post.mails()

    assert "Hello {tenant.__class__}," in mail.text

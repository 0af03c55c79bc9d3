"""Messages look as the tenant has chosen, and their links lead to its own domain."""

from __future__ import annotations

import pytest

from dotmac_identity import answering_txt, base_url_of
from dotmac_identity.testing import Organisation
from packages.dotmac_identity.tests.front_desk import Post
from packages.dotmac_identity.tests.operators import Door, Visitor

VERA = {"email": "vera@example.com", "name": "Vera", "roles": ["viewer"]}


@pytest.fixture
def domain(organisation: Organisation) -> str:
    return f"my.{organisation.profile.slug}.example"


@pytest.fixture
async def owner(door: Door, organisation: Organisation, domain: str) -> Visitor:
    """The owner of a tenant with a look and a domain of its own."""
    owner = await door.as_(organisation)
    look = {"name": "Nordnät", "primary_colour": "#0f766e", "email_footer": "Nordnät AB, Umeå"}
    assert await owner.told("PATCH", "/tenant/branding", look, **{"If-Match": "*"}) == "200"
    added = (await owner.ask("POST", "/tenant/domains", {"name": domain})).json()["data"]

    async def lookup(_: str) -> list[str]:
        return [added["value"]]

    with answering_txt(lookup):
        assert await owner.told("POST", f"/tenant/domains/{added['id']}/verify") == "200"
    return owner


async def test_an_invitation_wears_the_look_and_leads_to_the_own_domain(
    owner: Visitor, domain: str, post: Post
) -> None:
    assert await owner.told("POST", "/users/invitations", VERA) == "201"

    [mail] = await post.mails()

    assert [link.partition("#")[0] for link in mail.links] == [
        f"https://{domain}/accept-invitation"
    ]
    assert mail.subject == "Olga Owner invites you to Nordnät"
    assert "#0f766e" in mail.html
    assert "Nordnät AB, Umeå" in mail.text


async def test_a_link_to_a_new_password_leads_to_the_own_domain(
    owner: Visitor, organisation: Organisation, domain: str, post: Post
) -> None:
    body = {"email": "owner@example.com", "tenant": organisation.profile.slug}
    await owner.http.post("/auth/password/forgotten", json=body)

    [mail] = await post.mails()

    assert mail.links[0].startswith(f"https://{domain}/reset-password#token=")
    assert "#0f766e" in mail.html


@pytest.mark.usefixtures("owner")
async def test_owners_learn_of_impersonation_in_the_look_of_their_tenant(
    door: Door, organisation: Organisation, operator: Organisation, post: Post
) -> None:
    boss = await door.as_(operator)
    body = {
        "tenant": organisation.profile.slug,
        "email": "owner@example.com",
        "reason": "Ticket 812",
    }
    assert await boss.told("POST", "/impersonations", body) == "201"

    [mail] = await post.mails()

    assert "Ticket 812" in mail.text
    assert "#0f766e" in mail.html


async def test_without_a_domain_of_its_own_the_installations_address_counts(
    organisation: Organisation,
) -> None:
    async with organisation.database.transaction(organisation.profile.id) as session:
        assert await base_url_of(session, "https://my.example/") == "https://my.example"
        assert await base_url_of(session) == organisation.database.public_url

"""On which pages a passkey is good: the installation's, and those of the tenant's own domains."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from dotmac_core_ops.database import Database, clock_of, new_id
from dotmac_core_ops.domains import DomainRow
from dotmac_identity import Authenticator
from dotmac_identity.passkeys.relying_party import RelyingParty, relying_party
from dotmac_identity.testing import PASSWORD, Organisation, SoftwareAuthenticator
from packages.dotmac_identity.tests.front_desk import bearer, code
from packages.dotmac_identity.tests.keyrings import ORIGIN, Keyring


async def owns(organisation: Organisation, database: Database) -> str:
    """A domain that the tenant has proved: the origin of its pages."""
    name = f"{organisation.profile.slug}.example"
    async with database.transaction(organisation.profile.id) as session:
        now = clock_of(session).now()
        session.add(
            DomainRow(
                id=new_id(),
                name=name,
                token="x",
                is_primary=True,
                verified_at=now,
                checked_at=now,
                created_at=now,
            )
        )
    return f"https://{name}"


async def test_a_passkey_of_the_own_domain_is_good_there(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    origin = await owns(organisation, database)
    keyring = Keyring(client, organisation, device=SoftwareAuthenticator(origin))
    added = await keyring.adds(await bearer(client, organisation))
    await keyring.signs_in()
    [passkey] = keyring.device.held
    elsewhere = await keyring.shows(
        SoftwareAuthenticator(ORIGIN).gets(
            {**await keyring.alone_options(), "rpId": "my.example"}, held=passkey
        )
    )
    keyring.device.origin = ORIGIN
    step = await keyring.step_options(await keyring.challenge())

    assert added["passkey"]["site"] == origin.removeprefix("https://")
    assert code(elsewhere) == "401 PASSKEY_REFUSED"
    assert code(step) == "409 NO_PASSKEY_HERE"


async def test_a_domain_of_another_tenant_leads_to_no_account_of_this_one(
    client: httpx.AsyncClient, organisation: Organisation, database: Database
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    origin = await owns(other, database)
    keyring = Keyring(client, organisation, device=SoftwareAuthenticator(origin))
    headers = await bearer(client, organisation)
    options = await keyring.creation_options(headers)
    made = SoftwareAuthenticator(origin).creates(options, site=origin.removeprefix("https://"))
    chosen = await keyring.alone_options()

    assert options["rp"]["id"] == "my.example"  # whatever the request says of its origin
    assert code(await keyring.sends(headers, made)) == "422 INVALID_PASSKEY"
    assert chosen["rpId"] == origin.removeprefix("https://")  # who signs in is not known yet


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "https://[", "https://" + "x" * 300]
)
async def test_an_origin_that_is_not_ours_chooses_nothing(
    client: httpx.AsyncClient, origin: str
) -> None:
    begun = await client.post("/auth/passkey/options", headers={"Origin": origin})

    assert begun.json()["data"]["options"]["rpId"] == "my.example"


async def test_an_address_without_a_name_has_no_passkeys(
    client: httpx.AsyncClient, organisation: Organisation, authenticator: Authenticator
) -> None:
    authenticator.passkeys = replace(authenticator.passkeys, public_url="http://192.0.2.1:8000")
    headers = await bearer(client, organisation)

    begun = await client.post("/me/passkeys/options", headers=headers, json={"password": PASSWORD})

    assert code(begun) == "409 NO_DOMAIN_FOR_PASSKEYS"


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://my.example", RelyingParty("my.example", "https://my.example")),
        ("https://My.Example:443", RelyingParty("my.example", "https://my.example")),
        ("http://localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("https://my.example:8443", RelyingParty("my.example", "https://my.example:8443")),
        (
            "https://bücher.example",
            RelyingParty("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
    ],
)
def test_a_site_as_browsers_write_it(url: str, party: RelyingParty | None) -> None:
    assert relying_party(url) == party

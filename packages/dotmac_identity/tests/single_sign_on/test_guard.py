"""What is asked of addresses that somebody typed in."""

from __future__ import annotations

import pytest

from dotmac_core_ops.clock import FrozenClock
from dotmac_identity.single_sign_on.adapters.provider_client import ProviderClient
from dotmac_identity.single_sign_on.openid.addresses import (
    ProviderAddressError,
    checked_address,
    is_asked,
)
from dotmac_identity.single_sign_on.openid.claims import claimed_values, provided_identity
from dotmac_identity.single_sign_on.openid.errors import ProviderUnreachableError
from packages.dotmac_identity.tests.single_sign_on.local_provider import LocalProvider

INSIDE = (
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104 (an address to refuse)
    *("224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "fe80::1", "fd00::1", "ff02::1"),
    *("::", "::ffff:10.0.0.1", "2002:0a00:0001::1", "64:ff9b::a00:1"),
    *("not an address", ""),
)
HERE = ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1")
OUTSIDE = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e")


def test_only_the_public_internet_is_asked() -> None:
    assert [one for one in (*INSIDE, *HERE) if is_asked(one)] == []
    assert [one for one in OUTSIDE if not is_asked(one)] == []


def test_this_machine_is_asked_where_the_setting_says_so_and_nothing_else_of_the_inside() -> None:
    assert [one for one in HERE if not is_asked(one, allows_loopback=True)] == []
    assert [one for one in INSIDE if is_asked(one, allows_loopback=True)] == []


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example",
        "file:/etc/passwd",
        "gopher://login.example",
        "https://",
        "https://user:password@login.example",
        "https://login.example/#fragment",
        "https://login.example:99999",
        "https://login.example:0",
        "https://login.example/a b",
        "https://[login.example",
        f"https://login.example/{'x' * 2000}",
        "login.example",
        "",
    ],
)
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(ProviderAddressError):
        checked_address(address, allows_loopback=True)


def test_without_tls_only_this_machine_is_asked_and_only_where_allowed() -> None:
    assert checked_address("http://127.0.0.1:8080/", allows_loopback=True)
    for refused in ("http://127.0.0.1:8080/", "http://localhost/"):
        with pytest.raises(ProviderAddressError):
            checked_address(refused)


async def test_a_name_that_leads_inside_is_not_followed(clock: FrozenClock) -> None:
    async def inside(host: str, port: int) -> list[str]:
        assert (host, port) == ("login.example", 443)
        return ["93.184.215.14", "10.0.0.1"]

    client = ProviderClient(clock, resolve=inside)

    with pytest.raises(ProviderAddressError):
        await client.metadata("https://login.example")


async def test_the_connection_is_made_to_the_address_that_was_looked_at(
    provider: LocalProvider, clock: FrozenClock
) -> None:
    """A name of ours that no resolver knows: what was resolved is what is connected to."""
    asked: list[str] = []

    async def here(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["::1", "127.0.0.1"]

    port = provider.issuer.rpartition(":")[2]
    client = ProviderClient(clock, allows_loopback=True, resolve=here)

    with pytest.raises(ProviderUnreachableError, match="names another issuer"):
        await client.metadata(f"http://localhost:{port}")
    assert asked == ["localhost"]


async def test_a_host_that_is_not_there_is_told_as_such(clock: FrozenClock) -> None:
    async def nowhere(_: str, __: int) -> list[str]:
        raise OSError

    with pytest.raises(ProviderUnreachableError, match="cannot be reached"):
        await ProviderClient(clock, resolve=nowhere).metadata("https://login.example")


def test_a_claim_is_found_by_its_own_name_before_it_is_looked_for_within_others() -> None:
    claims = {
        "https://north.example/roles": ["a", 7],
        "realm_access": {"roles": ["b"]},
        "groups": "c",
        "deep": {"er": 5},
    }

    assert claimed_values(claims, "https://north.example/roles") == {"a"}
    assert claimed_values(claims, "realm_access.roles") == {"b"}
    assert claimed_values(claims, "groups") == {"c"}
    assert claimed_values(claims, "deep.er.still") == claimed_values(claims, "deep.er") == set()


def test_claims_of_the_wrong_type_say_nothing() -> None:
    odd = provided_identity(
        {
            "iss": "https://login.example",
            "sub": "7",
            "email": ["nina@north.example"],
            "email_verified": 1,
            "name": {"first": "Nina"},
            "given_name": "Nina",
            "family_name": "\x1b[31mNorth\n",
            "amr": "mfa",
            "acr": 1,
        }
    )

    assert (odd.email, odd.email_verified, odd.context) == (None, None, None)
    assert odd.name == "Nina [31mNorth"
    assert odd.methods == frozenset()
    assert not odd.shows_second_factor(["mfa"], ["1"])
    assert not odd.shows_second_factor([], [])

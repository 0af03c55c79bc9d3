"""The portal, from the invitation to the customer's own data, with a real sign-in and real mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

import dotmac_identity
from dotmac_api_gateway import create_app
from dotmac_core_events import inline_handlers
from dotmac_core_events.testing import MailSink
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerService, NewCustomer, PostalAddress, module
from dotmac_identity import Authenticator
from dotmac_identity.testing import (
    PASSWORD,
    Organisation,
    SoftwareAuthenticator,
    cheap_passwords,
)

ANN = {"email": "Ann@Example.com", "name": "Ann", "permissions": ["portal:profile"]}


@dataclass
class Site:
    """An organisation with two customers, served."""

    client: httpx.AsyncClient
    organisation: Organisation
    sink: MailSink
    customer_id: UUID
    other_id: UUID
    owner: dict[str, str]

    async def signed_in(self, door: str, email: str, password: str = PASSWORD) -> httpx.Response:
        """An attempt to sign in at `/auth` or `/portal/auth`."""
        body = {"email": email, "password": password, "tenant": self.organisation.profile.slug}
        return await self.client.post(f"{door}/sign-in", json=body)

    async def invited(self, customer_id: UUID, **values: object) -> dict[str, Any]:
        """An invitation of the customer's."""
        answer = await self.client.post(
            f"/customers/{customer_id}/portal-accounts/invitations",
            headers=self.owner,
            json={**ANN, **values},
        )
        assert answer.status_code == 201, answer.text
        invitation: dict[str, Any] = answer.json()["data"]
        return invitation

    async def token(self) -> str:
        """The token of the only link in the mail that arrives now."""
        profile = self.organisation.profile
        mails = await self.sink.deliver_messages(Tenant(profile.id, profile.slug))
        [link] = [link for mail in mails for link in mail.links]
        assert link.startswith("https://my.example/portal/accept-invitation#token=dmi_")
        return urlsplit(link).fragment.removeprefix("token=")

    async def joins(self, customer_id: UUID, **values: object) -> dict[str, str]:
        """Invite somebody, who accepts: the headers they are known by then."""
        await self.invited(customer_id, **values)
        body = {"token": await self.token(), "password": PASSWORD}
        answer = await self.client.post("/portal/auth/invitations/accept", json=body)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}


@pytest.fixture
async def site(
    database: Database, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    settings = Settings(
        secret_key=SecretStr("a-key-for-tests-of-more-than-32-characters"),
        public_url="https://my.example",
        api_rate_limit_anonymous=100_000,
    )
    modules = (dotmac_identity.module, module)
    monkeypatch.setattr(database, "inline_handlers", inline_handlers(modules))
    permissions = [one for each in modules for one in each.permissions]
    passwords = cheap_passwords()
    authenticator = Authenticator(database, settings, permissions, passwords)
    app = create_app(modules, database=database, settings=settings, authenticate=authenticator)
    authenticator.install(app)
    organisation = await Organisation.founded(database, passwords)
    async with database.transaction(organisation.profile.id) as session:
        first, second = await CustomerService.within(session).create_many(
            [
                NewCustomer(
                    name=name,
                    notes="Pays late.",
                    tags=("difficult",),
                    address=PostalAddress(line1=name, city="Lund", country="SE"),
                )
                for name in ("Berg AB", "Dahl AB")
            ]
        )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/v1"
    ) as client:
        opened = Site(client, organisation, mail_sink, first.id, second.id, {})
        answer = await opened.signed_in("/auth", "owner@example.com")
        token = answer.json()["data"]["access_token"]
        opened.owner = {"Authorization": f"Bearer {token}"}
        yield opened


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return f"{answer.status_code} {found}"


async def test_an_invited_customer_signs_in_and_sees_their_own_data(site: Site) -> None:
    ann = await site.joins(site.customer_id)

    me = await site.client.get("/portal/auth/me", headers=ann)
    read = await site.client.get("/portal/me", headers=ann)
    again = await site.signed_in("/portal/auth", "ann@example.com")

    principal = me.json()["data"]
    assert (principal["kind"], principal["customer_id"]) == ("portal", str(site.customer_id))
    assert principal["permissions"] == ["portal:account", "portal:profile"]
    assert read.json()["data"]["name"] == "Berg AB"
    assert {"notes", "tags", "external_id"}.isdisjoint(read.json()["data"])
    assert "Pays late" not in read.text + me.text
    assert again.status_code == 200


async def test_a_customer_changes_how_they_are_reached_and_nothing_else(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    read = await site.client.get("/portal/me", headers=ann)
    with_tag = {**ann, "If-Match": read.headers["etag"]}

    changed = await site.client.patch(
        "/portal/me", headers=with_tag, json={"phone": "+46 8 123", "email": "berg@example.com"}
    )
    late = await site.client.patch("/portal/me", headers=with_tag, json={"phone": "+46 8 124"})
    wide = [
        await site.client.patch("/portal/me", headers={**ann, "If-Match": "*"}, json=body)
        for body in (
            {"name": "Mine"},
            {"notes": "Pays early."},
            {"tags": ["vip"]},
            {"state": "active"},
            {"customer_id": str(site.other_id)},
            {"tenant_id": str(site.other_id)},
        )
    ]

    assert changed.json()["data"]["phone"] == "+46 8 123"
    assert code(late) == "412 VERSION_MISMATCH"
    assert {code(answer) for answer in wide} == {"422 VALIDATION_FAILED"}


async def test_the_two_doors_open_to_their_own_people_only(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    portal = (await site.signed_in("/portal/auth", "ann@example.com")).json()["data"]
    staff = (await site.signed_in("/auth", "owner@example.com")).json()["data"]

    assert code(await site.signed_in("/auth", "ann@example.com")) == "401 INVALID_CREDENTIALS"
    refused = await site.signed_in("/portal/auth", "owner@example.com")
    assert code(refused) == "401 INVALID_CREDENTIALS"
    for path in ("/auth/me", "/me", "/me/sessions", "/users", f"/customers/{site.customer_id}"):
        answer = await site.client.get(path, headers=ann)
        assert code(answer) == "403 WRONG_AUDIENCE", path
    for path in ("/portal/me", "/portal/account", "/portal/account/sessions", "/portal/auth/me"):
        answer = await site.client.get(path, headers=site.owner)
        assert code(answer) == "403 WRONG_AUDIENCE", path
    for door, tokens in (("/auth", portal), ("/portal/auth", staff)):
        body = {"refresh_token": tokens["refresh_token"]}
        answer = await site.client.post(f"{door}/refresh", json=body)
        assert code(answer) == "401 INVALID_REFRESH_TOKEN"


async def test_an_address_can_be_staffs_and_a_customers_with_a_password_each(site: Site) -> None:
    await site.joins(site.customer_id, email="owner@example.com")

    staff = await site.signed_in("/auth", "owner@example.com")
    portal = await site.signed_in("/portal/auth", "owner@example.com")

    tokens = [answer.json()["data"]["access_token"] for answer in (staff, portal)]
    kinds = [
        (await site.client.get(path, headers={"Authorization": f"Bearer {token}"})).json()["data"]
        for path, token in zip(("/auth/me", "/portal/auth/me"), tokens, strict=True)
    ]
    assert [one["kind"] for one in kinds] == ["user", "portal"]
    assert kinds[1]["permissions"] == ["portal:account", "portal:profile"]


async def test_a_customer_is_no_user_that_could_be_given_a_role(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    user_id = (await site.client.get("/portal/auth/me", headers=ann)).json()["data"]["subject"]

    listed = (await site.client.get("/users", headers=site.owner)).json()["data"]
    roles = await site.client.put(
        f"/users/{user_id}/roles", headers=site.owner, json={"roles": ["owner"]}
    )
    read = await site.client.get(f"/users/{user_id}", headers=site.owner)

    assert [one["email"] for one in listed] == ["owner@example.com"]
    assert (code(roles), code(read)) == ("404 USER_NOT_FOUND", "404 USER_NOT_FOUND")


@pytest.mark.parametrize("permission", ["customers:read", "*", "portal:nothing", "users:write"])
async def test_customers_are_given_what_the_portal_offers_and_nothing_of_staffs(
    site: Site, permission: str
) -> None:
    answer = await site.client.post(
        f"/customers/{site.customer_id}/portal-accounts/invitations",
        headers=site.owner,
        json={**ANN, "permissions": [permission]},
    )

    assert code(answer) == "422 NOT_A_PORTAL_PERMISSION"


async def test_no_role_and_no_key_of_the_staff_holds_what_is_the_portals(site: Site) -> None:
    listed = (await site.client.get("/permissions", headers=site.owner)).text
    key = await site.client.post(
        "/api-keys", headers=site.owner, json={"name": "Key", "scopes": ["portal:profile"]}
    )

    assert "portal:" not in listed
    assert code(key) == "422 UNKNOWN_PERMISSION"


async def test_a_disabled_account_is_out_at_once_and_back_when_enabled(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    path = f"/customers/{site.customer_id}/portal-accounts"
    [account] = (await site.client.get(path, headers=site.owner)).json()["data"]

    await site.client.post(f"{path}/{account['id']}/disable", headers=site.owner)
    out = await site.client.get("/portal/me", headers=ann)
    refused = await site.signed_in("/portal/auth", "ann@example.com")
    await site.client.post(f"{path}/{account['id']}/enable", headers=site.owner)

    assert code(out) == "401 SESSION_ENDED"
    assert code(refused) == "401 INVALID_CREDENTIALS"
    assert (await site.signed_in("/portal/auth", "ann@example.com")).status_code == 200


async def test_what_an_account_sees_is_changed_from_its_next_request_on(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    path = f"/customers/{site.customer_id}/portal-accounts"
    [account] = (await site.client.get(path, headers=site.owner)).json()["data"]

    await site.client.put(
        f"{path}/{account['id']}/permissions",
        headers=site.owner,
        json={"permissions": ["portal:account"]},
    )

    assert code(await site.client.get("/portal/me", headers=ann)) == "403 PERMISSION_DENIED"
    assert (await site.client.get("/portal/account", headers=ann)).status_code == 200


async def test_who_lost_their_passkey_is_given_a_new_start_by_staff(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    path = f"/customers/{site.customer_id}/portal-accounts"
    [account] = (await site.client.get(path, headers=site.owner)).json()["data"]
    device = SoftwareAuthenticator("https://my.example")
    begun = await site.client.post(
        "/portal/account/passkeys/options", headers=ann, json={"password": PASSWORD}
    )
    made = device.creates(begun.json()["data"]["options"])
    added = await site.client.post(
        "/portal/account/passkeys", headers=ann, json={"name": "Phone", "credential": made}
    )
    asked = await site.signed_in("/portal/auth", "ann@example.com")
    reset = f"{path}/{account['id']}/second-factors/reset"
    refused = await site.client.post(reset, headers=ann)
    done = await site.client.post(reset, headers=site.owner)
    again = await site.client.post(reset, headers=site.owner)

    assert added.status_code == 201, added.text
    assert code(asked) == "403 SECOND_FACTOR_REQUIRED"
    assert code(refused) == "403 WRONG_AUDIENCE"
    assert done.json()["data"]["email"] == "ann@example.com"
    assert code(again) == "409 NO_SECOND_FACTOR"
    assert code(await site.client.get("/portal/me", headers=ann)) == "401 SESSION_ENDED"
    assert (await site.signed_in("/portal/auth", "ann@example.com")).status_code == 200


async def test_accounts_of_another_customer_or_tenant_are_out_of_reach(site: Site) -> None:
    await site.joins(site.customer_id)
    made = await site.invited(site.customer_id, email="ben@example.com")
    own = f"/customers/{site.customer_id}/portal-accounts"
    [account] = (await site.client.get(own, headers=site.owner)).json()["data"]
    other = f"/customers/{site.other_id}/portal-accounts"
    stranger = await Organisation.founded(site.organisation.database, site.organisation.passwords)
    answer = await site.client.post(
        "/auth/sign-in",
        json={
            "email": "owner@example.com",
            "password": PASSWORD,
            "tenant": stranger.profile.slug,
        },
    )
    outside = {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}

    for verb in (
        f"{account['id']}/disable",
        f"{account['id']}/second-factors/reset",
        f"invitations/{made['id']}/revoke",
    ):
        wrong = await site.client.post(f"{other}/{verb}", headers=site.owner)
        foreign = await site.client.post(f"{own}/{verb}", headers=outside)
        assert wrong.status_code == 404
        assert code(foreign) == "404 CUSTOMER_NOT_FOUND"
    assert (await site.client.get(other, headers=site.owner)).json()["data"] == []


async def test_who_only_reads_customers_does_not_open_the_portal_to_them(site: Site) -> None:
    await site.organisation.employs("vera", "viewer")
    token = (await site.signed_in("/auth", "vera@example.com")).json()["data"]["access_token"]
    vera = {"Authorization": f"Bearer {token}"}
    path = f"/customers/{site.customer_id}/portal-accounts"

    invited = await site.client.post(f"{path}/invitations", headers=vera, json=ANN)

    assert (await site.client.get(path, headers=vera)).status_code == 200
    assert code(invited) == "403 PERMISSION_DENIED"


async def test_password_and_sessions_in_the_portal_are_as_for_staff(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    tokens = (await site.signed_in("/portal/auth", "ann@example.com")).json()["data"]
    there = {"Authorization": f"Bearer {tokens['access_token']}"}
    new = "seven purple lanterns drift"

    listed = (await site.client.get("/portal/account/sessions", headers=ann)).json()["data"]
    changed = await site.client.post(
        "/portal/auth/password",
        headers=ann,
        json={"current_password": PASSWORD, "new_password": new},
    )

    assert [one["is_current"] for one in listed].count(True) == 1
    assert changed.status_code == 200
    assert code(await site.client.get("/portal/account", headers=there)) == "401 SESSION_ENDED"
    assert (await site.signed_in("/portal/auth", "ann@example.com", new)).status_code == 200


async def test_who_signed_in_for_a_merged_customer_sees_the_kept_one(site: Site) -> None:
    ann = await site.joins(site.customer_id)

    merged = await site.client.post(
        f"/customers/{site.other_id}/merge",
        headers=site.owner,
        json={"merged_id": str(site.customer_id)},
    )

    assert merged.status_code == 200, merged.text
    read = await site.client.get("/portal/me", headers=ann)
    assert (read.json()["data"]["id"], read.json()["data"]["name"]) == (
        str(site.other_id),
        "Dahl AB",
    )


async def test_who_has_left_still_signs_in_and_reads_but_changes_nothing(site: Site) -> None:
    ann = await site.joins(site.customer_id)
    tag = (await site.client.get("/portal/me", headers=ann)).headers["etag"]
    left = await site.client.post(
        f"/customers/{site.customer_id}/state",
        headers=site.owner,
        json={"state": "churned", "reason": "customer_request"},
    )

    signed_in = await site.signed_in("/portal/auth", "ann@example.com")
    read = await site.client.get("/portal/me", headers=ann)
    changed = await site.client.patch(
        "/portal/me", headers={**ann, "If-Match": tag}, json={"phone": "+46 8 123"}
    )
    password = await site.client.post(
        "/portal/auth/password",
        headers=ann,
        json={"current_password": PASSWORD, "new_password": "an entirely different sentence"},
    )

    assert left.status_code == 200, left.text
    assert (signed_in.status_code, read.status_code, password.status_code) == (200, 200, 200)
    assert (changed.status_code, changed.json()["error"]["code"]) == (403, "FORMER_CUSTOMER")

"""The portal, from the invitation to the customer's own data, with a real sign-in and real mail."""

from __future__ import annotations

import pytest

from dotmac_identity.testing import PASSWORD, Organisation, SoftwareAuthenticator

from .customers_over_http import code
from .portal_site import ANN, Site


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

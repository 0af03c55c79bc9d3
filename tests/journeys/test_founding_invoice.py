"""The journey of the founding guide: a customer, a service, an invoice over 79.99."""

from __future__ import annotations

import pytest

from tests.journeys.site import Site


@pytest.mark.journey
async def test_customer_to_service_to_invoice(site: Site) -> None:
    async with site.client(site.first) as client:
        customer = (
            await client.post(
                "/api/v1/customers", json={"name": "Ada Founding", "email": "ada@founding.example"}
            )
        ).json()["data"]
        plan = await client.post(
            "/api/v1/plans",
            json={
                "code": "fiber_100",
                "name": "Fiber 100",
                "components": [{"code": "base", "name": "Fiber 100", "unit_price": 79.99}],
            },
        )
        wanted = {"customer_id": customer["id"], "plan_id": plan.json()["data"]["id"]}
        service = await client.post("/api/v1/subscriptions", json=wanted)
        invoice = await client.post(f"/api/v1/customers/{customer['id']}/invoices")

    assert plan.status_code == 201, plan.text
    assert service.status_code == 201, service.text
    assert invoice.status_code == 201, invoice.text
    assert invoice.json()["data"]["amount"] == 79.99
    assert '"amount":79.99' in invoice.text

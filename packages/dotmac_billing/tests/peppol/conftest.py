"""A tenant in the Peppol network, whose access point is a stand-in on the loopback interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from dotmac_billing import module
from dotmac_billing.peppol.access_points import open_access_point_by
from dotmac_billing.peppol.adapters.storecove import Storecove
from dotmac_billing.peppol.sending.service import deliver_due
from dotmac_billing.testing import payer, tax
from dotmac_core_events import create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .storecove_standin import KEY, LEGAL_ENTITY, Standin, running_storecove

ADDRESS = {"scheme": "0208", "identifier": "0428759497", "buyer_reference": "PO-7781"}
SELLER = {
    "seller_name": "Netze GmbH",
    "seller_street": "Hauptstraße 1",
    "seller_postal_code": "10115",
    "seller_city": "Berlin",
    "seller_tax_id": "DE136695976",
    "seller_iban": "DE02120300000000202051",
    "country": "DE",
}


@pytest.fixture
def storecove() -> Iterator[Standin]:
    """Storecove, as this installation is configured for it."""
    with running_storecove() as standin:

        def opened() -> Storecove:
            patience = 0.3 if standin.silent else 5.0
            return Storecove(KEY, base_url=standin.url, timeout_seconds=patience)

        before = open_access_point_by(opened)
        yield standin
        open_access_point_by(before)


@dataclass
class Network:
    """The tenant's billing as a clerk sees it, and the worker that runs beside it."""

    client: httpx.AsyncClient
    database: Database
    tenant: Tenant
    clock: FrozenClock
    customer_id: str

    async def ask(self, method: str, path: str, **body: Any) -> Any:  # noqa: ANN401 (what JSON holds)
        answer = await self.client.request(method, path, json=body or None)
        assert answer.is_success, answer.text
        return answer.json()["data"] if answer.content else None

    async def joined(self) -> None:
        """The tenant has an account at the access point, and the customer an address."""
        await self.ask("PUT", "/billing/peppol/sender", account=str(LEGAL_ENTITY))
        await self.ask("PUT", f"/billing/customers/{self.customer_id}/peppol", **ADDRESS)

    async def issued(self) -> dict[str, Any]:
        """An invoice over 50 euro and 19 % tax."""
        lines = [{"description": "Fibre 100", "unit_price": "50.00", "tax_code": "VAT"}]
        made: dict[str, Any] = await self.ask(
            "POST", "/invoices", customer_id=self.customer_id, lines=lines
        )
        return made

    async def handed_over(self) -> None:
        """Let what was announced be heard."""
        done = await create_worker([module], self.database, self.clock).drain(self.tenant.id)
        assert done.failed_events == 0

    async def sent(self) -> int:
        """Let the access point be asked about all that is due; how many deliveries that was."""
        return await deliver_due(self.database, self.tenant.id)

    async def deliveries(self, **wanted: str) -> list[dict[str, Any]]:
        answer = await self.client.get("/billing/peppol/deliveries", params=wanted)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def one(self) -> dict[str, Any]:
        """The only delivery there is."""
        (found,) = await self.deliveries()
        return found

    async def audited(self) -> list[str]:
        """What the audit log has of the network, oldest first."""
        async with self.database.read(self.tenant.id) as connection:
            rows = await connection.fetch(
                "SELECT action FROM core.audit_log WHERE action LIKE 'peppol%' ORDER BY id"
            )
            return [row["action"] for row in rows]

    async def events(self, name: str) -> list[dict[str, Any]]:
        async with self.database.read(self.tenant.id) as connection:
            rows = await connection.fetch(
                "SELECT payload FROM events.outbox WHERE name = $1 ORDER BY id", name
            )
            return [json.loads(row["payload"]) for row in rows]


@pytest.fixture
async def network(
    client: httpx.AsyncClient, database: Database, tenant: Tenant, clock: FrozenClock
) -> Network:
    """A German seller, and a customer in Belgium with no address in the network yet."""
    async with database.transaction(tenant.id) as session:
        await tax(session, "VAT", "0.19")
        customer_id = await payer(session, "C-1")
    found = Network(client, database, tenant, clock, str(customer_id))
    buyer = {"company_name": "Bier NV", "city": "Brussel", "postal_code": "1000", "country": "BE"}
    for path, values in (
        ("/billing/settings", SELLER),
        (f"/billing/customers/{customer_id}", buyer),
    ):
        answer = await client.patch(path, json=values, headers={"if-match": "*"})
        assert answer.status_code == 200, answer.text
    return found


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]

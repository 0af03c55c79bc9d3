"""B6: reads over HTTP with a token: a customer, a page of 20 by name, an invoice with its lines."""

from __future__ import annotations

from tests.performance.harness.http_server import PRODUCT, Server, serving
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.site import PER_PAGE, Site, open_site
from tests.performance.harness.stage import Stage

TARGET = 1_500


async def bench(stage: Stage) -> list[Row]:
    """Two server processes, four connections, no answer but 2xx."""
    site = await open_site(stage)
    work = {
        "B6a": ("one customer by a random id", site.customer_paths()),
        "B6b": (f"a random page of {PER_PAGE} customers by name", site.page_paths()),
        "B6c": ("one invoice by a random id, with line ids", site.invoice_paths()),
    }
    rows = []
    async with serving(stage, PRODUCT) as server:
        await _check(server, site)
        for name, (text, paths) in work.items():
            answers, used = await server.carries(paths, site.headers)
            row = measured(name, text, "answers", answers, [used])
            rows.append(row.aimed(at_least(row.rate, TARGET)))
    return rows


async def _check(server: Server, site: Site) -> None:
    """What is served is what is there, and only to those who may see it."""
    customer_id, invoice_id = site.customer_ids[0], site.invoice_ids[0]
    one = (await server.fetch(f"/api/v1/customers/{customer_id}", site.headers)).json()["data"]
    require("the customer's id", one["id"], str(customer_id))
    require(
        "the customer's fields",
        {"number", "name", "email", "tags", "address"} <= one.keys(),
        expected=True,
    )
    page = (await server.fetch(site.page_paths()[0], site.headers)).json()
    names = [customer["name"] for customer in page["data"]]
    require("customers on a page", len(names), PER_PAGE)
    require("customers in all", page["meta"]["pagination"]["total"], len(site.customer_ids))
    require("names in order", sorted(names, key=str.lower), names)
    path = f"/api/v1/invoices/{invoice_id}"
    invoice = (await server.fetch(path, site.headers)).json()["data"]
    found = (invoice["id"], invoice["total"], invoice["status"], len(invoice["line_ids"]))
    require("the invoice", found, (str(invoice_id), 41.28, "open", 2))
    require("its number and customer", {"number", "customer_id"} <= invoice.keys(), expected=True)
    require("status without a token", (await server.fetch(path, {})).status_code, 401)
    others = await server.fetch(path, site.others_headers)
    require("status for another tenant", others.status_code, 404)

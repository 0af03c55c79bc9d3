"""Files of customers as people have them, and what is done with them over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import openpyxl

from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant
from dotmac_customers import module

HEADER = ("number", "name", "email", "tags", "line1", "postal_code", "city", "country")
ANN = ("A-1", "Ann Berg", "ann@example.com", "vip;fibre", "Sveavägen 1", "111 57", "Umeå", "SE")
BEN = ("A-2", "Ben Dahl", "ben@example.com", "", "", "", "", "")


def table(*rows: Sequence[object], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(*rows: Sequence[object], formats: Mapping[str, str] | None = None) -> bytes:
    """Rows as XLSX; `formats` are number formats by the names of cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, form in (formats or {}).items():
        sheet[cell].number_format = form
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def upload(
    client: httpx.AsyncClient, content: bytes, name: str = "customers.csv"
) -> httpx.Response:
    """The answer to an upload."""
    return await client.post(
        "/customers/imports", files={"file": (name, content, "application/octet-stream")}
    )


async def uploaded(client: httpx.AsyncClient, content: bytes) -> dict[str, Any]:
    """An import whose file was taken in."""
    answer = await upload(client, content)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


class Clerk:
    """Somebody who brings customers in, and the worker that does what they ask for."""

    def __init__(self, client: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
        self.client = client
        self._database = database
        self._tenant = tenant

    async def work(self) -> None:
        """Let all jobs run that are due."""
        worker = create_worker([module], self._database, self._database.clock)
        drained = await worker.drain(self._tenant.id)
        assert drained.failed_jobs == drained.failed_events == 0

    async def checks(
        self, content: bytes, *, mode: str = "upsert", mapping: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Upload a file and have it checked; the preview."""
        made = await uploaded(self.client, content)
        body = {"mapping": mapping or made["mapping"], "mode": mode}
        answer = await self.client.put(f"/customers/imports/{made['id']}/mapping", json=body)
        assert answer.status_code == 200, answer.text
        await self.work()
        return {"id": made["id"], **await self.preview(made["id"])}

    async def preview(self, import_id: str) -> dict[str, Any]:
        """What would come of a file, or came of it."""
        answer = await self.client.get(f"/customers/imports/{import_id}/preview")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    async def imports(self, content: bytes, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Upload, check and start; the import when it is done."""
        checked = await self.checks(content, **how)
        answer = await self.client.post(f"/customers/imports/{checked['id']}/start")
        assert answer.status_code == 202, answer.text
        await self.work()
        return await self.read(checked["id"])

    async def read(self, import_id: str) -> dict[str, Any]:
        """The import as it is now."""
        found: dict[str, Any] = (await self.client.get(f"/customers/imports/{import_id}")).json()
        return dict(found["data"])

    async def customer(self, number: str) -> dict[str, Any]:
        """All that is known of the customer with this number."""
        found = (await self.client.get("/customers", params={"q": number})).json()["data"]
        (one,) = [each for each in found if each["number"] == number]
        answer = await self.client.get(f"/customers/{one['id']}")
        customer: dict[str, Any] = answer.json()["data"]
        return customer

"""Series of numbers: each year its own, taken over from elsewhere, without a gap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import check_books, run_billing
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.service import CreditNoteService, issue_credit_note
from dotmac_billing.receivables.models import Invoice
from dotmac_billing.settings.number_format import NumbersReset
from dotmac_billing.settings.service import SettingsChange, SettingsService
from dotmac_billing.testing import subscribed
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .conftest import Books

YEARLY = SettingsChange(
    invoice_number_format="INV-{year}-{seq:05d}",
    credit_note_number_format="CN{yy}{month}-{seq}",
    debit_note_number_format="DN-{year}-{seq}",
    numbers_reset=NumbersReset.YEARLY,
)


async def test_each_year_has_its_own_numbers_also_within_one_run(
    database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        service = SettingsService(session)
        await service.change(await service.locked(), YEARLY)
        await subscribed(session, since=date(2025, 11, 30))
        await subscribed(session, since=date(2025, 12, 15))

    await run_billing(database, tenant.id, date(2026, 1, 31))

    async with database.transaction(tenant.id) as session:
        numbers = (await session.scalars(sa.select(Invoice.number).order_by(Invoice.number))).all()
        found = await check_books(session)
    assert list(numbers) == [
        *("INV-2025-00001", "INV-2025-00002", "INV-2025-00003"),
        *("INV-2026-00001", "INV-2026-00002"),
    ]
    assert found == []


async def test_credit_notes_have_a_series_of_their_own(session: AsyncSession, books: Books) -> None:
    service = SettingsService(session)
    await service.change(await service.locked(), YEARLY)
    invoice = await books.invoice()

    ids = [
        await issue_credit_note(session, NewCreditNote(invoice.id, amount=Decimal(1)))
        for _ in range(2)
    ]

    numbers = [(await CreditNoteService(session).get(one))["number"] for one in ids]
    assert (invoice.number, numbers) == ("INV-2026-00001", ["CN2611-1", "CN2611-2"])


async def raised(client: httpx.AsyncClient, **body: int) -> tuple[int, Any]:
    answer = await client.put("/billing/number-series/invoice", json=body)
    found = answer.json()
    return answer.status_code, found.get("data") or found["error"]["code"]


async def test_numbers_of_another_system_go_on(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    first = await raised(client, next_number=1000)
    async with database.transaction(tenant.id) as session:
        before = await Books(session).invoice()
    lowered = await raised(client, next_number=1000)
    jumped = await raised(client, next_number=2000)
    async with database.transaction(tenant.id) as session:
        after = await Books(session).invoice()
        found = await check_books(session)

    assert first == (200, [{"series": "invoice", "next_number": 1000, "skipped": 999}])
    assert (before.number, after.number) == ("INV-001000", "INV-002000")
    assert lowered == (409, "NUMBER_LOWERED")
    assert jumped[1][0]["skipped"] == 1998
    assert found == []
    listed = (await client.get("/invoices")).json()
    assert listed["meta"]["pagination"]["total"] == 2
    assert (await client.get("/billing/number-series")).json()["data"][0]["next_number"] == 2001


async def test_the_settings_refuse_what_would_number_twice(client: httpx.AsyncClient) -> None:
    async def changed(**body: object) -> tuple[int, str | None]:
        answer = await client.patch("/billing/settings", json=body, headers={"if-match": "*"})
        return answer.status_code, answer.json().get("error", {}).get("code")

    assert await changed(numbers_reset="yearly") == (422, "INVALID_NUMBER_FORMAT")
    assert await changed(debit_note_number_format="INV-{seq:06d}") == (409, "NUMBER_FORMAT_TAKEN")
    assert await changed(credit_note_number_format="CN") == (422, "INVALID_NUMBER_FORMAT")
    assert await changed(due_rule="end_of_month", due_moves_to_business_day=True) == (200, None)


async def test_an_invoice_is_due_as_the_terms_say(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    body = {"due_rule": "end_of_month", "payment_terms_days": 30, "due_moves_to_business_day": True}
    await client.patch("/billing/settings", json=body, headers={"if-match": "*"})

    invoice = await Books(session).invoice()

    due_on = await session.scalar(sa.select(Invoice.due_on).where(Invoice.id == invoice.id))
    assert due_on == date(2026, 12, 30)  # issued on 2 November

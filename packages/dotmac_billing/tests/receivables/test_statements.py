"""Statements: what happened, in order, and what the books say at both ends."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, record_payments
from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.credit_notes.asked import NewCreditNote
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.statements.errors import StatementPeriodError
from dotmac_billing.statements.service import statements_of
from dotmac_billing.testing import payer
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.testing import Tenant

from .conftest import Books


async def _history(session: AsyncSession) -> tuple[Books, UUID]:
    """240.00 on the 2nd, 60.00 of it paid on the 5th; 24.00 credited, a second invoice void."""
    books = Books(session)
    first = await books.invoice()
    customer_id = first.customer_id
    await record_payments(session, [NewPayment(customer_id, Decimal(60), date(2026, 11, 5))])
    await issue_credit_note(session, NewCreditNote(first.id, amount=Decimal(24)))
    second = await books.invoice(customer_id)
    await CorrectionService(session).void(second.id, "issued twice")
    await CorrectionService(session).write_off(first.id, "few", amount=Decimal(6))
    return books, customer_id


async def test_a_statement_has_every_movement_and_agrees_with_the_books(
    session: AsyncSession, books: Books
) -> None:
    _, customer_id = await _history(session)

    [found] = await statements_of(session, customer_id)

    moves = [(move.on.day, move.kind, move.number, move.amount) for move in found.movements]
    assert moves == [
        (2, "invoice", "INV-000001", Decimal(240)),
        (2, "invoice", "INV-000002", Decimal(240)),
        (5, "payment", None, Decimal(-60)),
        (20, "credit_note", "CN-000001", Decimal(-24)),
        (20, "invoice_void", "INV-000002", Decimal(-240)),
        (20, "write_off", "INV-000001", Decimal(-6)),
    ]
    assert (found.opening, found.closing) == (Decimal(0), Decimal(150))
    assert (found.debits, found.credits) == (Decimal(480), Decimal(330))
    assert [move.balance for move in found.movements][-1] == 150
    assert (await books.accounts())["receivable"] == 150


async def test_one_statement_begins_where_the_one_before_ends(session: AsyncSession) -> None:
    _, customer_id = await _history(session)
    days = [(date(2026, 10, 1), date(2026, 11, 4)), (date(2026, 11, 5), date(2026, 11, 20))]

    (before,), (after,) = [await statements_of(session, customer_id, *span) for span in days]

    assert before.closing == after.opening == 480
    assert after.closing == 150


async def test_nothing_happened(session: AsyncSession) -> None:
    [found] = await statements_of(session, await payer(session))

    assert (found.opening, found.closing) == (Decimal(0), Decimal(0))
    assert found.movements == ()


async def test_what_cannot_be_stated(session: AsyncSession) -> None:
    with pytest.raises(BillingCustomerNotFoundError):
        await statements_of(session, new_id())
    with pytest.raises(StatementPeriodError):
        await statements_of(session, await payer(session), date(2026, 2, 1), date(2026, 1, 31))


async def test_statements_over_http(
    client: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        _, customer_id = await _history(session)
    path = f"/billing/customers/{customer_id}/statements"

    [found] = (await client.get(path)).json()["data"]
    table = list(csv.DictReader(io.StringIO((await client.get(f"{path}/export")).text)))

    assert (found["opening"], found["closing"], found["currency"]) == (0, 150, "EUR")
    assert len(found["movements"]) == 6
    assert [row["kind"] for row in table][::7] == ["opening", "closing"]
    assert Decimal(table[-1]["balance"]) == 150
    assert (await client.get(path, params={"from_on": "2027-01-01"})).status_code == 422

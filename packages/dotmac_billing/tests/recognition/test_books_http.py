"""The books over HTTP: closing, reports, chart and journal, figures written out."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing import NewPayment, record_payments
from dotmac_billing.ledger.errors import PeriodClosedError
from dotmac_billing.testing import payer

from .conftest import Books

JAN_1 = date(2026, 1, 1)


async def data(client: httpx.AsyncClient, path: str, **query: str) -> Any:  # noqa: ANN401 (whatever the route answers)
    answer = await client.get(f"{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def post(client: httpx.AsyncClient, path: str, **body: object) -> httpx.Response:
    return await client.post(f"{path}", json=body)


@pytest.fixture
async def year(books: Books) -> Books:
    """1,200.00 and 20 % tax, billed on 1 January for the year."""
    await books.yearly("1200.00", JAN_1)
    await books.billed(JAN_1)
    return books


async def test_a_trial_balance_is_the_same_before_and_after_closing(
    year: Books, client: httpx.AsyncClient
) -> None:
    await year.recognised(date(2026, 3, 31))
    span = {"from_on": "2026-02-01", "to_on": "2026-03-31"}
    before = await data(client, "/reports/trial-balance", **span)

    closed = await post(client, "/ledger/periods/close", through="2026-02-28")

    assert closed.json()["data"] == {"books_closed_on": "2026-02-28"}
    assert await data(client, "/reports/trial-balance", **span) == before
    [euros] = before
    assert euros["balances"] is True
    assert {
        line["account"]: [line[k] for k in ("opening", "debit", "credit", "closing")]
        for line in euros["lines"]
    } == {
        "receivable": [1440, 0, 0, 1440],
        "tax_payable": [-240, 0, 0, -240],
        "deferred_revenue": [-1100, 200, 0, -900],
        "revenue": [-100, 0, 200, -300],
    }


async def test_closing_earns_first_and_then_takes_no_more_entries(
    year: Books, client: httpx.AsyncClient
) -> None:
    await post(client, "/ledger/periods/close", through="2026-02-28")

    assert (await year.accounts())["revenue"] == "-200.00"

    async def pay(session: AsyncSession, on: date) -> None:
        await record_payments(session, [NewPayment(await payer(session), Decimal(5), on)])

    with pytest.raises(PeriodClosedError):
        await year.database.run(year.tenant.id, lambda tx: pay(tx, date(2026, 2, 28)))
    await year.database.run(year.tenant.id, lambda tx: pay(tx, date(2026, 3, 1)))
    refused = await post(client, "/ledger/recognition", through="2026-02-28")
    assert refused.json()["error"]["code"] == "PERIOD_CLOSED"

    opened = await post(client, "/ledger/periods/reopen", month="2026-02-01")

    assert opened.json()["data"] == {"books_closed_on": "2026-01-31"}
    await year.database.run(year.tenant.id, lambda tx: pay(tx, date(2026, 2, 28)))


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("through", ["2026-02-27", "2099-12-31"])
async def test_only_a_whole_month_that_is_over_is_closed(
    client: httpx.AsyncClient, through: str
) -> None:
    refused = await post(client, "/ledger/periods/close", through=through)

    assert refused.json()["error"]["code"] == "PERIOD_NOT_CLOSABLE"


@pytest.mark.usefixtures("year")
async def test_deferred_revenue_rolls_forward_and_is_earned_in_months_to_come(
    client: httpx.AsyncClient,
) -> None:
    await post(client, "/ledger/recognition", through="2026-03-31")

    [euros] = await data(
        client, "/reports/deferred-revenue", from_on="2026-01-01", to_on="2026-03-31"
    )

    keys = ("month", "opening", "billed", "recognised", "closing")
    assert [[month[key] for key in keys] for month in euros["months"]] == [
        ["2026-01-01", 0, 1200, 100, 1100],
        ["2026-02-01", 1100, 0, 100, 1000],
        ["2026-03-01", 1000, 0, 100, 900],
    ]
    assert [(one["month"], one["amount"]) for one in euros["to_come"]] == [
        (f"2026-{month:02d}-01", 100) for month in range(4, 13)
    ]


async def test_receivables_by_age_are_those_of_the_day_and_agree_with_the_books(
    year: Books, client: httpx.AsyncClient
) -> None:
    # Due on 15 January; 45 days later it is in the second bucket.
    async def pay_a_part(session: AsyncSession) -> None:
        line = (await data(client, "/reports/receivables-ageing", as_of="2026-01-15"))[0]
        customer = UUID(line["lines"][0]["customer_id"])
        await record_payments(session, [NewPayment(customer, Decimal(440), date(2026, 2, 20))])

    await year.database.run(year.tenant.id, pay_a_part)

    buckets = {}
    for day in ("2026-01-15", "2026-01-16", "2026-02-19", "2026-03-01", "2026-12-31"):
        [euros] = await data(client, "/reports/receivables-ageing", as_of=day)
        assert euros["reconciles"] is True
        buckets[day] = [*euros["buckets"].values(), euros["balance"]]
    assert buckets == {
        "2026-01-15": [1440, 0, 0, 0, 0, 1440],
        "2026-01-16": [0, 1440, 0, 0, 0, 1440],
        "2026-02-19": [0, 0, 1440, 0, 0, 1440],
        "2026-03-01": [0, 0, 1000, 0, 0, 1000],
        "2026-12-31": [0, 0, 0, 0, 1000, 1000],
    }


@pytest.mark.usefixtures("year")
async def test_the_journal_has_the_accounting_systems_codes(client: httpx.AsyncClient) -> None:
    mapped = await client.put(
        "/ledger/chart/deferred_revenue/external-code", json={"external_code": "3900"}
    )
    assert mapped.json()["data"]["external_code"] == "3900"
    span = {"from_on": "2026-01-01", "to_on": "2026-01-31"}

    written = await client.get("/ledger/journal/export", params=span)
    lines = await client.get("/ledger/journal/export", params={**span, "format": "jsonl"})

    rows = list(csv.DictReader(StringIO(written.text)))
    assert {(row["external_code"], row["debit"], row["credit"]) for row in rows} == {
        ("receivable", "1440.0000", "0"),
        ("3900", "0", "1200.0000"),
        ("tax_payable", "0", "240.0000"),
    }
    assert len({row["entry_id"] for row in rows}) == 1
    assert [json.loads(line)["account"] for line in lines.text.splitlines()] == [
        row["account"] for row in rows
    ]


@pytest.mark.usefixtures("year")
async def test_an_account_of_ones_own_is_in_the_chart(client: httpx.AsyncClient) -> None:
    wanted = {"code": "bank_charges", "name": "Bank charges", "kind": "expense"}

    opened = await post(client, "/ledger/chart", **wanted)
    again = await post(client, "/ledger/chart", **wanted)

    assert opened.status_code == 201
    assert again.json()["error"]["code"] == "LEDGER_ACCOUNT_EXISTS"
    chart = {one["code"]: one for one in await data(client, "/ledger/chart")}
    assert chart["bank_charges"]["is_own"] is True
    assert {"chargebacks", "rounding", "unbilled_receivable", "breakage"} <= chart.keys()


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("report", ["trial-balance", "receivables-ageing", "deferred-revenue"])
async def test_reports_are_tables_too(client: httpx.AsyncClient, report: str) -> None:
    answer = await client.get(f"/reports/{report}/export")

    rows = list(csv.DictReader(StringIO(answer.text)))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert rows
    assert all(row["currency"] == "EUR" for row in rows)

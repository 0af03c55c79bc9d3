"""VIES against a stand-in that keeps a register, over real HTTP on the loopback interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import open_customers
from dotmac_billing.customers.tax_numbers import TaxNumber
from dotmac_billing.settings.service import open_billing
from dotmac_billing.tax.checked import CheckOutcome
from dotmac_billing.tax_numbers.adapters.vies import ViesRegister
from dotmac_core_ops.database import Database
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.testing import Tenant

ADA = "FR40303265045"


@dataclass
class Standin:
    """Whom it knows, what it was asked, and what it says instead of an answer."""

    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    failing: list[tuple[int, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, body: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(body)
        if self.failing:
            return self.failing.pop(0)
        holder = self.known.get(body["countryCode"] + body["vatNumber"])
        name, address = holder or ("---", "---")
        identifier = f"WAPI{len(self.asked)}" if "requesterNumber" in body else ""
        return 200, {
            **body,
            "requestDate": "2026-11-20T12:00:00.000Z",
            "valid": holder is not None,
            "requestIdentifier": identifier,
            "name": name,
            "address": address,
        }


def busy(error: str = "MS_UNAVAILABLE") -> dict[str, Any]:
    return {"actionSucceed": False, "errorWrappers": [{"error": error}]}


@pytest.fixture
def vies() -> Iterator[Standin]:
    standin = Standin(known={ADA: ("ADA SARL", "1 RUE DE LA PAIX\n75002 PARIS")})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            assert self.path == "/check-vat-number"
            status, said = standin.answer(json.loads(self.rfile.read(length)))
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_port}"
    yield standin
    server.shutdown()
    thread.join()
    server.server_close()


NUMBER = TaxNumber("FR", "40303265045")


async def asked(standin: Standin, number: TaxNumber = NUMBER) -> tuple[CheckOutcome, list[float]]:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    found = await ViesRegister(standin.url, sleep=sleep).check(number, None)
    return found.outcome, pauses


async def test_the_register_knows_who_it_is(vies: Standin) -> None:
    found = await ViesRegister(vies.url).check(NUMBER, TaxNumber("DE", "136695976"))

    assert found.outcome is CheckOutcome.VALID
    assert (found.name, found.request_id) == ("ADA SARL", "WAPI1")
    assert vies.asked[0]["requesterMemberStateCode"] == "DE"


async def test_greece_is_asked_for_as_el(vies: Standin) -> None:
    assert await asked(vies, TaxNumber("GR", "094259216")) == (CheckOutcome.INVALID, [])
    assert vies.asked[0]["countryCode"] == "EL"


@pytest.mark.parametrize(
    ("failing", "outcome", "pauses"),
    [
        ([(503, busy())], CheckOutcome.VALID, [0.5]),
        ([(500, busy()), (500, busy())], CheckOutcome.UNAVAILABLE, [0.5]),
        ([(200, busy("MS_MAX_CONCURRENT_REQ"))], CheckOutcome.UNAVAILABLE, []),
        ([(200, {"valid": False, "userError": "TIMEOUT"})], CheckOutcome.UNAVAILABLE, []),
        ([(200, {"valid": False, "userError": "INVALID"})], CheckOutcome.INVALID, []),
        ([(400, busy("INVALID_INPUT"))], CheckOutcome.INVALID, []),
        ([(200, b"<html>maintenance</html>")], CheckOutcome.UNAVAILABLE, []),
        ([(200, [])], CheckOutcome.UNAVAILABLE, []),
    ],
)
async def test_what_is_no_answer_is_not_taken_for_one(
    vies: Standin, failing: list[tuple[int, Any]], outcome: CheckOutcome, pauses: list[float]
) -> None:
    vies.failing = failing

    assert await asked(vies) == (outcome, pauses)


@pytest.fixture
async def ada(database: Database, tenant: Tenant) -> str:
    async def open_her(session: AsyncSession) -> str:
        await open_billing(session, country="DE")
        opened = await open_customers(
            session,
            [OpenCustomer("C-1", "Ada", country="FR", tax_id=ADA, is_business=True)],
        )
        return str(opened.ids["C-1"])

    return await database.run(tenant.id, open_her)


@pytest.fixture
def asking(client: httpx.AsyncClient, vies: Standin) -> Iterator[httpx.AsyncClient]:
    """A client of an installation that asks the stand-in."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    assert isinstance(transport.app, FastAPI)
    state = transport.app.state
    usual, state.settings = state.settings, Settings(vies_url=vies.url)
    yield client
    state.settings = usual


async def settle(client: httpx.AsyncClient, **change: str) -> None:
    changed = await client.patch("/billing/settings", json=change, headers={"if-match": "*"})
    assert changed.status_code == 200, changed.text


async def check(client: httpx.AsyncClient, **body: object) -> dict[str, Any]:
    answer = await client.post("/tax-numbers/check", json=body)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def is_good(client: httpx.AsyncClient, customer: str) -> bool:
    read = (await client.get(f"/billing/customers/{customer}")).json()["data"]
    return read["tax_id_valid_on"] is not None


async def test_without_the_setting_nobody_is_asked(
    asking: httpx.AsyncClient, vies: Standin, ada: str
) -> None:
    found = await check(asking, customer_id=ada)

    assert (found["source"], found["outcome"]) == ("offline", "valid")
    assert vies.asked == []
    assert await is_good(asking, ada)


async def test_the_proof_is_kept(asking: httpx.AsyncClient, vies: Standin, ada: str) -> None:
    await settle(asking, tax_number_check="vies", seller_tax_id="DE136695976")

    found = await check(asking, customer_id=ada)

    assert (found["source"], found["outcome"], found["number"]) == ("vies", "valid", "40303265045")
    assert (found["name"], found["request_id"]) == ("ADA SARL", "WAPI1")
    listed = (await asking.get(f"/tax-numbers/checks?customer_id={ada}")).json()["data"]
    assert listed == [found]
    assert vies.asked[0]["requesterNumber"] == "136695976"


async def test_a_number_that_was_struck_off_is_good_no_more(
    asking: httpx.AsyncClient, vies: Standin, ada: str
) -> None:
    await settle(asking, tax_number_check="vies")
    vies.known.clear()

    assert (await check(asking, customer_id=ada))["outcome"] == "invalid"

    assert not await is_good(asking, ada)


@pytest.mark.parametrize(("setting", "good"), [("keep", True), ("unverified", False)])
async def test_while_the_register_is_silent_the_settings_decide(
    asking: httpx.AsyncClient, vies: Standin, ada: str, setting: str, good: bool
) -> None:
    await settle(asking, tax_number_check="vies", tax_number_unavailable=setting)
    vies.failing = [(200, busy())]

    assert (await check(asking, customer_id=ada))["outcome"] == "unavailable"

    assert await is_good(asking, ada) is good


async def test_a_new_number_waits_for_the_register(
    asking: httpx.AsyncClient, vies: Standin, ada: str
) -> None:
    await settle(asking, tax_number_check="vies")
    vies.known["DE136695976"] = ("ADA GMBH", "BERLIN")

    await asking.patch(
        f"/billing/customers/{ada}",
        json={"country": "DE", "tax_id": "DE136695976"},
        headers={"if-match": "*"},
    )
    assert not await is_good(asking, ada)
    await check(asking, customer_id=ada)

    assert await is_good(asking, ada)


async def test_a_number_of_nobody_yet(asking: httpx.AsyncClient) -> None:
    good = await check(asking, country="FR", number="fr 40 303 265 045", ask_register=True)
    wrong = await check(asking, country="FR", number="FR40303265046", ask_register=True)
    unknown = await check(asking, country="NG", number="12345")
    nothing = await asking.post("/tax-numbers/check", json={"country": "FR"})

    assert (good["outcome"], good["request_id"]) == ("valid", None)
    assert (wrong["source"], wrong["outcome"]) == ("offline", "invalid")
    assert unknown["outcome"] == "unavailable"
    assert nothing.json()["error"]["code"] == "TAX_NUMBER_MISSING"
    assert (await asking.get("/tax-numbers/checks?number=40303265045")).json()["meta"][
        "pagination"
    ]["total"] == 1

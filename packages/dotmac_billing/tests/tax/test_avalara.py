"""AvaTax against a stand-in that keeps transactions, over real HTTP on the loopback interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from dotmac_billing.protocols import TaxCalculator
from dotmac_billing.tax.adapters.avalara import AvalaraTaxCalculator
from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.documents import (
    TaxableDocument,
    TaxableLine,
    TaxAddress,
    TaxedDocument,
    TaxNotCalculated,
)
from dotmac_billing.tax.engine import Taxes
from dotmac_billing.tax.errors import TaxServiceRefusedError, TaxServiceUnavailableError
from dotmac_billing.tax.own_calculator import OwnTaxCalculator
from dotmac_billing.tax.rates import TaxRates

from .avatax_standin import ACCOUNT, COUNTY, KEY, STATE, Standin, running_avatax


@pytest.fixture
def avatax() -> Iterator[Standin]:
    with running_avatax() as standin:
        yield standin


@dataclass
class Client:
    """A calculator for the stand-in, and how long it wanted to wait between attempts."""

    calculator: AvalaraTaxCalculator
    pauses: list[float]


def client_of(standin: Standin, key: str = KEY) -> Client:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    calculator = AvalaraTaxCalculator(
        ACCOUNT, key, "ISP", base_url=standin.url, timeout_seconds=5, sleep=sleep
    )
    return Client(calculator, pauses)


@pytest.fixture
async def client(avatax: Standin) -> AsyncIterator[Client]:
    made = client_of(avatax)
    yield made
    await made.calculator.aclose()


DOCUMENT = TaxableDocument(
    id=UUID(int=7),
    customer_code="C-1",
    buyer=TaxBuyer("US", "CA", "90001"),
    currency="USD",
    on=date(2026, 11, 20),
    lines=(
        TaxableLine(Decimal("100.00"), "goods", "Router", external_code="P0000000"),
        TaxableLine(Decimal("19.99"), "goods", "Cable", external_code="P0000000"),
        TaxableLine(Decimal("5.00"), None, "Deposit"),
    ),
    ship_from=TaxAddress("US", "CA", "94105", "San Francisco", "1 Market St"),
    ship_to=TaxAddress("US", "CA", "90001", "Los Angeles", "1 Main St"),
)


async def calculated(client: Client, document: TaxableDocument = DOCUMENT) -> TaxedDocument:
    found = (await client.calculator.calculate([document]))[0]
    assert isinstance(found, TaxedDocument), found
    return found


async def refused(client: Client, document: TaxableDocument = DOCUMENT) -> str:
    found = (await client.calculator.calculate([document]))[0]
    assert isinstance(found, TaxNotCalculated), found
    assert found.id == document.id
    return found.code


async def test_every_authority_gets_its_tax(avatax: Standin, client: Client) -> None:
    found = await calculated(client)

    # 6.25 % and 0.25 % of 100.00, and of 19.99: 1.249375 and 0.049975.
    assert found.sums.taxes == [Decimal("6.50"), Decimal("1.30"), Decimal(0)]
    assert (found.sums.net, found.sums.tax) == (Decimal("124.99"), Decimal("7.80"))
    assert [(group.name, group.net, group.tax) for group in found.sums.groups] == [
        ("CA STATE TAX", Decimal("119.99"), Decimal("7.50")),
        ("CA COUNTY TAX", Decimal("119.99"), Decimal("0.30")),
    ]
    assert [each and each.key for each in found.treatments] == [
        "State:06+County:037",
        "State:06+County:037",
        None,
    ]
    assert avatax.transactions[str(DOCUMENT.id)]["status"] == "Saved"


async def test_prices_with_tax_keep_their_total(client: Client) -> None:
    line = replace(DOCUMENT.lines[0], amount=Decimal("106.50"), includes_tax=True)

    found = await calculated(client, replace(DOCUMENT, lines=(line,)))

    assert (found.sums.nets, found.sums.taxes) == ([Decimal("100.00")], [Decimal("6.50")])
    assert found.sums.total == Decimal("106.50")


async def test_a_credit_is_a_return(avatax: Standin, client: Client) -> None:
    line = replace(DOCUMENT.lines[0], amount=Decimal("-100.00"))

    found = await calculated(client, replace(DOCUMENT, lines=(line,)))

    assert (found.sums.tax, found.sums.total) == (Decimal("-6.50"), Decimal("-106.50"))
    assert avatax.transactions[str(DOCUMENT.id)]["type"] == "ReturnInvoice"


async def test_an_estimate_leaves_nothing_behind(avatax: Standin, client: Client) -> None:
    found = await calculated(client, replace(DOCUMENT, is_estimate=True))

    assert found.sums.tax == Decimal("7.80")
    assert avatax.transactions == {}


async def test_asking_again_makes_no_second_transaction(avatax: Standin, client: Client) -> None:
    first = await calculated(client)
    again = await calculated(client)

    assert again == first
    assert list(avatax.transactions) == [str(DOCUMENT.id)]


async def test_who_lost_the_answer_finds_what_was_committed(
    avatax: Standin, client: Client
) -> None:
    first = await calculated(client)
    await client.calculator.commit(DOCUMENT.id)

    again = await calculated(client)

    assert again == first
    assert avatax.transactions[str(DOCUMENT.id)]["status"] == "Committed"


async def test_an_answer_lost_on_the_way_is_asked_for_again(
    avatax: Standin, client: Client
) -> None:
    avatax.lose_answers = 1

    found = await calculated(client)

    assert found.sums.tax == Decimal("7.80")
    assert client.pauses == [0.5]


async def test_who_is_busy_is_asked_again_when_it_wants(avatax: Standin, client: Client) -> None:
    avatax.failing = [(503, {}), (429, {"retry-after": "7"}), (500, {})]

    found = await calculated(client)

    assert found.sums.tax == Decimal("7.80")
    assert client.pauses == [0.5, 7, 2.0]


async def test_who_stays_silent_leaves_the_document_undone(avatax: Standin, client: Client) -> None:
    avatax.failing = [(503, {})] * 4

    assert await refused(client) == "TAX_SERVICE_UNAVAILABLE"
    assert len(client.pauses) == 3
    assert avatax.transactions == {}


async def test_nobody_there() -> None:
    nobody = Standin(url="http://127.0.0.1:9")

    assert await refused(client_of(nobody)) == "TAX_SERVICE_UNAVAILABLE"


async def test_wrong_credentials_are_not_tried_twice(avatax: Standin) -> None:
    client = client_of(avatax, key="wrong")

    assert await refused(client) == "TAX_SERVICE_REFUSED"
    assert client.pauses == []
    with pytest.raises(TaxServiceRefusedError, match="license key"):
        await client.calculator.ping()
    await client.calculator.aclose()


async def test_one_bad_address_does_not_hold_up_the_others(client: Client) -> None:
    nowhere = replace(DOCUMENT, id=UUID(int=8), ship_to=TaxAddress("US", "ZZ"))

    found = await client.calculator.calculate([nowhere, DOCUMENT])

    assert isinstance(found[0], TaxNotCalculated)
    assert (found[0].id, found[0].code) == (nowhere.id, "TAX_SERVICE_REFUSED")
    assert "no such region" in found[0].message
    assert isinstance(found[1], TaxedDocument)


@pytest.mark.parametrize("wrong_by", [Decimal("0.01"), Decimal("-7.80")])
async def test_an_answer_that_does_not_add_up_is_not_believed(
    avatax: Standin, client: Client, wrong_by: Decimal
) -> None:
    avatax.wrong_by = wrong_by

    assert await refused(client) == "TAX_ANSWER_FAULTY"


async def test_a_void_invoice_owes_no_tax(avatax: Standin, client: Client) -> None:
    await calculated(client)
    await client.calculator.commit(DOCUMENT.id)

    await client.calculator.void(DOCUMENT.id)

    assert avatax.transactions[str(DOCUMENT.id)]["status"] == "Cancelled"


async def test_a_committed_transaction_is_adjusted(avatax: Standin, client: Client) -> None:
    await calculated(client)
    await client.calculator.commit(DOCUMENT.id)

    found = await client.calculator.adjust(
        replace(DOCUMENT, lines=DOCUMENT.lines[:1]), "The cable was not delivered"
    )

    assert found.sums.tax == Decimal("6.50")
    assert avatax.transactions[str(DOCUMENT.id)]["totalTax"] == Decimal("6.50")


async def test_what_was_never_asked_cannot_be_committed(client: Client) -> None:
    with pytest.raises(TaxServiceRefusedError):
        await client.calculator.commit(UUID(int=9))


async def test_an_address_is_written_as_the_post_does(client: Client) -> None:
    found = await client.calculator.resolve(DOCUMENT.ship_to)

    assert found.city == "LOS ANGELES"
    with pytest.raises(TaxServiceRefusedError):
        await client.calculator.resolve(replace(DOCUMENT.ship_to, postal_code="00000"))


async def test_ping_says_whether_it_works(avatax: Standin, client: Client) -> None:
    await client.calculator.ping()

    avatax.failing = [(500, {})] * 4
    with pytest.raises(TaxServiceUnavailableError):
        await client.calculator.ping()


@pytest.fixture
def own() -> TaxCalculator:
    rates = [("goods", date(2000, 1, 1), STATE + COUNTY)]
    return OwnTaxCalculator(Taxes(TaxRates(rates)))


async def test_our_own_engine_speaks_the_same_language(own: TaxCalculator) -> None:
    unknown = replace(DOCUMENT, id=UUID(int=8), lines=(TaxableLine(Decimal("1.00"), "unknown"),))

    found = await own.calculate([DOCUMENT, unknown])

    assert isinstance(found[0], TaxedDocument)
    assert found[0].sums.tax == Decimal("7.80")  # 119.99 * 0.065 = 7.79935
    assert isinstance(found[1], TaxNotCalculated)
    assert found[1].code == "TAX_RATE_MISSING"

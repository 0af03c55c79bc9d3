from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import CustomerService, open_customers
from dotmac_billing.settings.number_checking import NumberCheck
from dotmac_billing.settings.service import SettingsChange, SettingsService, open_billing
from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.service import load_buyers
from dotmac_billing.tax_law.service import TaxLawService
from dotmac_core_ops.database import new_id

LONG_AGO = date(2000, 1, 1)


async def test_customers_are_opened_with_what_taxes_ask_for(session: AsyncSession) -> None:
    await open_billing(session, country="DE")

    opened = await open_customers(
        session,
        [
            OpenCustomer("good", "Ada", country="FR", tax_id="FR40303265045", is_business=True),
            OpenCustomer("wrong", "Bo", country="FR", tax_id="FR40303265046", is_business=True),
            OpenCustomer("none", "Cy", region="BE", postal_code="10115", city="Berlin"),
        ],
    )

    buyers = await load_buyers(session, [*opened.ids.values(), new_id()])
    assert {code: buyers[customer_id] for code, customer_id in opened.ids.items()} == {
        "good": TaxBuyer("FR", is_business=True, has_valid_tax_id=True),
        "wrong": TaxBuyer("FR", is_business=True),
        "none": TaxBuyer("DE", "BE", "10115", "Berlin"),
    }
    assert len(buyers) == 3


async def test_where_a_register_is_asked_a_new_number_is_not_believed_yet(
    session: AsyncSession,
) -> None:
    await open_billing(session, country="DE")
    settings = SettingsService(session)
    await settings.change(
        await settings.locked(), SettingsChange(tax_number_check=NumberCheck.VIES)
    )

    opened = await open_customers(
        session,
        [
            OpenCustomer("eu", "Ada", country="FR", tax_id="FR40303265045"),
            OpenCustomer("in", "Bo", country="IN", tax_id="27AAPFU0939F1ZV"),
        ],
    )

    checked = {
        code: (await CustomerService(session).get(customer_id)).tax_id_valid_on is not None
        for code, customer_id in opened.ids.items()
    }
    assert checked == {"eu": False, "in": True}


async def test_many_buyers_cost_two_queries(session: AsyncSession) -> None:
    opened = await open_customers(session, [OpenCustomer(f"C-{n}", "Ada") for n in range(300)])
    for code in ("C-1", "C-1", "C-2"):
        await TaxLawService(session).exempt(
            {
                "customer_id": opened.ids[code],
                "country": None,
                "region": None,
                "tax_code": None,
                "certificate": "C-42",
                "reason": "Charity",
                "reason_code": None,
                "document_reference": None,
                "valid_from": LONG_AGO,
                "valid_until": None,
            }
        )
    await session.flush()  # so that only what is counted is sent below
    sent: list[str] = []

    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    with driver.query_logger(lambda query: sent.append(query.query)):
        buyers = await load_buyers(session, opened.ids.values())
        await driver.fetchval("SELECT 'the end'")  # what is sent is told a turn of the loop later

    assert len(buyers) == 300
    assert len([query for query in sent if "the end" not in query]) == 2
    assert [len(buyers[opened.ids[code]].exemptions) for code in ("C-0", "C-1", "C-2")] == [0, 2, 1]

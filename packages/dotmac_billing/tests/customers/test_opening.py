from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.errors import BillingCustomerNotFoundError, CustomerCodeTakenError
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import CustomerService, open_customers
from dotmac_billing.settings.service import open_billing
from dotmac_core_ops.clock import UnknownTimeZoneError
from dotmac_core_ops.database import new_id
from dotmac_core_ops.money import InvalidCurrencyError


async def test_a_customer_has_the_id_of_its_profile(session: AsyncSession) -> None:
    profile = new_id()

    opened = await open_customers(session, [OpenCustomer("C-1", "Ada", id=profile)])

    assert opened.ids == {"C-1": profile}
    assert (await CustomerService(session).get(profile)).name == "Ada"


async def test_what_is_not_said_is_the_tenants(session: AsyncSession) -> None:
    await open_billing(session, currency="GBP", time_zone="Europe/London", country="GB")

    opened = await open_customers(
        session, [OpenCustomer("C-1", "Ada"), OpenCustomer("C-2", "Bo", currency="EUR")]
    )

    ada, bo = [await CustomerService(session).get(one) for one in opened.ids.values()]
    assert (ada.currency, ada.time_zone, ada.country) == ("GBP", "Europe/London", "GB")
    assert (bo.currency, bo.time_zone, bo.payment_terms_days) == ("EUR", "Europe/London", None)


async def test_known_codes_and_ids_are_passed_over_and_counted(session: AsyncSession) -> None:
    first = await open_customers(session, [OpenCustomer("C-1", "Ada")])

    second = await open_customers(
        session,
        [
            OpenCustomer("C-1", "Somebody else"),
            OpenCustomer("C-2", "Ada again", id=first.ids["C-1"]),
            OpenCustomer("C-3", "Cy"),
            OpenCustomer("C-3", "Cy"),
        ],
    )

    assert (second.opened, second.skipped) == (1, 3)
    assert second.ids["C-1"] == first.ids["C-1"]
    assert (await CustomerService(session).get(first.ids["C-1"])).name == "Ada"


async def test_each_new_customer_is_announced_and_all_are_audited_once(
    session: AsyncSession,
) -> None:
    await open_customers(session, [OpenCustomer(f"C-{n}", "Somebody") for n in range(3)])

    announced = await session.execute(
        sa.text("SELECT payload->>'code' FROM events.outbox WHERE name = 'billing.customer_opened'")
    )
    assert sorted(announced.scalars()) == ["C-0", "C-1", "C-2"]
    audited = await session.execute(
        sa.text("SELECT after FROM core.audit_log WHERE action = 'billing_customers.open'")
    )
    assert audited.scalars().all() == [{"customers": 3}]


async def test_one_customer_with_a_code_that_is_taken_is_refused(session: AsyncSession) -> None:
    await CustomerService(session).open(OpenCustomer("C-1", "Ada"))

    with pytest.raises(CustomerCodeTakenError):
        await CustomerService(session).open(OpenCustomer("C-1", "Bo"))


async def test_currency_and_zone_must_exist(session: AsyncSession) -> None:
    with pytest.raises(InvalidCurrencyError):
        await open_customers(session, [OpenCustomer("C-1", "Ada", currency="XXX")])
    with pytest.raises(UnknownTimeZoneError):
        await open_customers(session, [OpenCustomer("C-1", "Ada", time_zone="Nowhere")])


async def test_a_customer_that_billing_does_not_know(session: AsyncSession) -> None:
    with pytest.raises(BillingCustomerNotFoundError):
        await CustomerService(session).get(new_id())

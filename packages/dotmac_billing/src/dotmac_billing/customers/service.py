"""Opening customers for billing, one or many at a time, on the same path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.errors import (
    BillingCustomerInUseError,
    BillingCustomerNotFoundError,
    CustomerCodeTakenError,
    InvalidTaxNumberError,
)
from dotmac_billing.customers.events import CustomerChanged, CustomerOpened
from dotmac_billing.customers.models import Customer
from dotmac_billing.customers.opening import BillingAddress, CustomersOpened, OpenCustomer
from dotmac_billing.customers.repository import CustomerRepository
from dotmac_billing.customers.tax_numbers import VIES_COUNTRIES, is_known, tax_number
from dotmac_billing.settings.models import BillingSettings
from dotmac_billing.settings.number_checking import NumberCheck
from dotmac_billing.settings.service import settings_of
from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import time_zone
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.money import currency_exponent


async def open_customers(session: AsyncSession, rows: Iterable[OpenCustomer]) -> CustomersOpened:
    """Open every row whose code and id billing does not know yet; the others are counted.

    One statement per kind of row however many there are, one audit entry for all, one
    `billing.customer_opened` for each new customer.

    Raises:
        InvalidCurrencyError: a row's currency is not one of ISO 4217.
        UnknownTimeZoneError: a row's time zone is not one of IANA's.
    """
    return await CustomerService(session).open_many(list(rows))


async def set_billing_address(
    session: AsyncSession, customer_id: UUID, address: BillingAddress
) -> None:
    """Let invoices of the customer go there from now on; issued ones keep what they say.

    Raises:
        BillingCustomerNotFoundError: billing does not know the customer.
        InvalidTaxNumberError: the customer's tax number is none of that country.
    """
    service = CustomerService(session)
    customer = await service.locked(customer_id)
    parts = asdict(address).items()
    if new := {name: value for name, value in parts if value != getattr(customer, name)}:
        await service.change(customer, new)


async def remove_unused_customers(session: AsyncSession, customer_ids: Sequence[UUID]) -> None:
    """Forget customers to whom nothing was ever billed, as if they had never been opened.

    Raises:
        BillingCustomerInUseError: something refers to one of them; the transaction is over then.
    """
    try:
        await CustomerRepository(session).remove(customer_ids)
    except asyncpg.ForeignKeyViolationError as error:
        raise BillingCustomerInUseError from error
    await record(
        session,
        action="billing_customers.remove",
        target=("billing_customer", "many"),
        after={"customers": len(customer_ids)},
    )


class CustomerService:
    """The payers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._customers = CustomerRepository(session)

    async def get(self, customer_id: UUID) -> Customer:
        """The customer of that id.

        Raises:
            BillingCustomerNotFoundError: billing does not know it.
        """
        customer = await self._customers.find(customer_id)
        if customer is None:
            raise BillingCustomerNotFoundError(customer_id)
        return customer

    async def open(self, row: OpenCustomer) -> Customer:
        """Open one customer.

        Raises:
            CustomerCodeTakenError: another customer has the code, or billing knows the id.
        """
        result = await self.open_many([row])
        if not result.opened:
            raise CustomerCodeTakenError(row.code)
        return await self.get(result.ids[row.code])

    async def open_many(self, rows: Sequence[OpenCustomer]) -> CustomersOpened:
        """See `open_customers`."""
        settings = await settings_of(self._session)
        ids = await self._customers.known(
            [row.code for row in rows], [row.id for row in rows if row.id is not None]
        )
        known_ids = set(ids.values())
        now = clock_of(self._session).now()
        values = []
        events = []
        for row in rows:
            if row.code in ids or row.id in known_ids:
                continue
            customer_id = ids[row.code] = row.id or new_id()
            known_ids.add(customer_id)
            currency = row.currency or settings.currency
            zone = row.time_zone or settings.time_zone
            currency_exponent(currency)
            time_zone(zone)
            values.append(
                (
                    customer_id,
                    row.code,
                    row.name,
                    row.company_name,
                    row.email,
                    row.phone,
                    currency,
                    zone,
                    row.country or settings.country,
                    row.payment_terms_days,
                    now,
                    1,
                    row.street,
                    row.postal_code,
                    row.city,
                    row.region,
                    row.tax_id,
                    _valid_on(row.tax_id, row.country or settings.country, settings, now.date()),
                    row.is_business,
                )
            )
            events.append(CustomerOpened(customer_id=customer_id, code=row.code, currency=currency))
        if values:
            await self._customers.add(values)
            await EventPublisher(self._session).publish_many(events)
            await self._remember(values)
        return CustomersOpened(opened=len(values), skipped=len(rows) - len(values), ids=ids)

    async def locked(self, customer_id: UUID) -> Customer:
        """The customer, held until the transaction ends, so that a version check holds too.

        Raises:
            BillingCustomerNotFoundError: billing does not know it.
        """
        customer = await self._customers.find(customer_id, locked=True)
        if customer is None:
            raise BillingCustomerNotFoundError(customer_id)
        return customer

    async def change(self, customer: Customer, new: Mapping[str, Any]) -> Customer:
        """Put the new values (see `BillingCustomerIn`) in place, and remember who did.

        A new tax number or country has the number looked at again. Issued invoices keep what they
        say.

        Raises:
            InvalidTaxNumberError: form or check digits of the tax number are wrong.
            UnknownTimeZoneError: not an IANA zone.
        """
        if "time_zone" in new:
            time_zone(new["time_zone"])
        before = {name: getattr(customer, name) for name in new}
        for name, value in new.items():
            setattr(customer, name, value)
        if {"tax_id", "country"} & new.keys():
            settings = await settings_of(self._session)
            today = clock_of(self._session).now().date()
            country = customer.country
            if customer.tax_id and country and is_known(country):
                number = tax_number(customer.tax_id, country)
                if number is None:
                    raise InvalidTaxNumberError(customer.tax_id, country)
                customer.tax_id = str(number)
            customer.tax_id_valid_on = _valid_on(customer.tax_id, country, settings, today)
        customer.version += 1
        await record(
            self._session,
            action="billing_customers.change",
            target=("billing_customer", customer.id),
            before=before,
            after=dict(new),
        )
        await EventPublisher(self._session).publish(
            CustomerChanged(customer_id=customer.id, changed=sorted(new))
        )
        return customer

    async def _remember(self, values: Sequence[tuple[Any, ...]]) -> None:
        if len(values) == 1:
            target, after = ("billing_customer", values[0][0]), {"code": values[0][1]}
        else:
            target, after = ("billing_customer", "many"), {"customers": len(values)}
        await record(self._session, action="billing_customers.open", target=target, after=after)


def _valid_on(
    tax_id: str | None, country: str | None, settings: BillingSettings, today: date
) -> date | None:
    """The day on which the number was found good, unless a register has yet to say so."""
    if tax_id is None or country is None or tax_number(tax_id, country) is None:
        return None
    asks_register = settings.tax_number_check is NumberCheck.VIES and country in VIES_COUNTRIES
    return None if asks_register else today

"""Queries of payers, as records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from dotmac_billing.customers.models import Customer
from dotmac_billing.customers.opening import OpenCustomer
from dotmac_billing.customers.service import CustomerService, open_customers
from dotmac_billing.library.adapters.records import RecordRepository
from dotmac_billing.library.records import CustomerRecord
from dotmac_billing.library.schemas import CustomerCreate, CustomerUpdate

_NAMES = {"state": "region"}


class CustomerRepository(RecordRepository[CustomerRecord]):
    """Payers."""

    kind = "customer"
    permanent = "put it out of use with soft_delete instead."
    record = CustomerRecord
    source = sa.inspect(Customer).local_table
    columns = {
        "id": Customer.id,
        "tenant_id": Customer.tenant_id,
        "customer_code": Customer.code,
        "name": Customer.name,
        "email": Customer.email,
        "company_name": Customer.company_name,
        "phone": Customer.phone,
        "address_line1": Customer.street,
        "city": Customer.city,
        "state": Customer.region,
        "postal_code": Customer.postal_code,
        "country": Customer.country,
        "tax_id": Customer.tax_id,
        "currency": Customer.currency,
        "time_zone": Customer.time_zone,
        "payment_terms": sa.literal("NET_") + sa.cast(Customer.payment_terms_days, sa.Text()),
        "is_active": Customer.is_active,
        "created_at": Customer.created_at,
    }

    async def create(self, obj_in: CustomerCreate, tenant_id: UUID | None = None) -> CustomerRecord:
        """Open a payer.

        Raises:
            CustomerCodeTakenError: another customer has the code.
        """
        session = await self.bound.open(tenant_id)
        customer = await CustomerService(session).open(_opening(obj_in))
        if not obj_in.is_active:
            await self.soft_delete(customer.id)
        return await self.required(customer.id)

    async def bulk_create(
        self, objs: Sequence[CustomerCreate], tenant_id: UUID | None = None
    ) -> int:
        """Open many payers at once; how many were new. Known codes are passed over."""
        session = await self.bound.open(tenant_id)
        return (await open_customers(session, [_opening(one) for one in objs])).opened

    async def update(
        self,
        db_obj: CustomerRecord | UUID,
        obj_in: CustomerUpdate | dict[str, Any],
        tenant_id: UUID | None = None,
    ) -> CustomerRecord:
        """Put new values in place; what is left out stays, None takes an optional value away.

        Raises:
            BillingCustomerNotFoundError: there is none.
            InvalidTaxNumberError: form or check digits of the tax number are wrong.
        """
        session = await self.bound.open(tenant_id)
        wanted = CustomerUpdate.model_validate(obj_in)
        service = CustomerService(session)
        customer = await service.locked(self.id_of(db_obj))
        changed = await service.change(customer, _changes(wanted))
        await session.flush()  # read back below
        return await self.required(changed.id)

    async def soft_delete(self, record_id: UUID, tenant_id: UUID | None = None) -> bool:
        """Put a payer out of use: it gets no new subscription. Whether there is one of that id."""
        if not await self.exists(record_id, tenant_id):
            return False
        await self.update(record_id, CustomerUpdate(is_active=False))
        return True

    async def get_by_email(
        self, email: str, tenant_id: UUID | None = None
    ) -> CustomerRecord | None:
        """The oldest payer with that address."""
        return await self.get_by_field("email", email, tenant_id)

    async def get_by_customer_code(
        self, customer_code: str, tenant_id: UUID | None = None
    ) -> CustomerRecord | None:
        """The payer with that code."""
        return await self.get_by_field("customer_code", customer_code, tenant_id)

    async def get_active_customers(
        self, skip: int = 0, limit: int = 100, tenant_id: UUID | None = None
    ) -> list[CustomerRecord]:
        """Payers in use, oldest first."""
        filters = {"is_active": True}
        return await self.get_multi(skip=skip, limit=limit, tenant_id=tenant_id, filters=filters)

    async def search_customers(
        self, term: str, limit: int = 100, tenant_id: UUID | None = None
    ) -> list[CustomerRecord]:
        """Payers with `term` in code, name, company or e-mail, whatever the case, by name."""
        matches = sa.or_(
            *(
                column.icontains(term, autoescape=True)
                for column in (Customer.code, Customer.name, Customer.company_name, Customer.email)
            )
        )
        return await self.fetch(
            [matches], order=self.columns["name"], limit=limit, tenant_id=tenant_id
        )


def _opening(obj_in: CustomerCreate) -> OpenCustomer:
    return OpenCustomer(
        code=obj_in.customer_code,
        name=obj_in.name,
        company_name=obj_in.company_name,
        email=obj_in.email,
        phone=obj_in.phone,
        currency=obj_in.currency,
        time_zone=obj_in.time_zone,
        country=obj_in.country,
        payment_terms_days=obj_in.payment_terms_days,
        street=obj_in.street,
        postal_code=obj_in.postal_code,
        city=obj_in.city,
        region=obj_in.state,
        tax_id=obj_in.tax_id,
        is_business=obj_in.tax_id is not None,
    )


def _changes(wanted: CustomerUpdate) -> dict[str, Any]:
    """What was said, by column."""
    said = wanted.model_fields_set
    values: dict[str, Any] = {
        _NAMES.get(name, name): getattr(wanted, name)
        for name in said - {"address_line1", "address_line2", "payment_terms"}
    }
    if said & {"address_line1", "address_line2"}:
        values["street"] = wanted.street
    if "payment_terms" in said:
        values["payment_terms_days"] = wanted.payment_terms_days
    if "tax_id" in said:
        values["is_business"] = wanted.tax_id is not None
    return values

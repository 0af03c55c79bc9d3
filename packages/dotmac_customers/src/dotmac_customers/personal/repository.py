"""Every query that takes a customer away or makes one anonymous."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_core_ops.personal_rows import rows_about
from dotmac_customers.communication.topics import SENT_BY_MACHINE, ContactChannel
from dotmac_customers.contacts.models import ContactMethod
from dotmac_customers.contacts.people import DIALLED, MethodKind
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.profiles.models import Address, Customer, SearchTerm
from dotmac_customers.verification.models import Verification
from dotmac_customers.verification.terms import VerificationKind

_EMPTIED = (
    *("email", "phone", "external_id", "given_name", "family_name", "company_name", "tax_id"),
    *("registration_number", "language"),
)
# What else names the person; consents and the history of states are proof and are kept.
_FORGET_NOTES = "SELECT customers.forget_notes_of_moves($1)"
_REMOVED = ("verifications", "notices", "contact_methods", "contacts", "imported_customers")


class PersonalRepository:
    """A customer's rows, in all tables of this package."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def profile(self, customer_id: UUID) -> Customer | None:
        """The customer, locked, but not for those who make another below it."""
        query = sa.select(Customer).where(Customer.id == customer_id)
        query = query.with_for_update(key_share=True)
        return await self._session.scalar(query)

    async def rows(self, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        """All rows about the customer, without the words of the search index."""
        found = await rows_about(
            self._session, CustomersBase.metadata, customer_id, but={"search_terms"}
        )
        query = sa.select(Customer.__table__).where(Customer.id == customer_id)
        own = [dict(row) for row in (await self._session.execute(query)).mappings()]
        return {"profile": own, **found}

    async def reached(self, customer_id: UUID, kinds: Collection[MethodKind]) -> list[str]:
        """Addresses or numbers by which the customer itself, not a contact of it, is reached."""
        query = sa.select(ContactMethod.value).where(
            ContactMethod.customer_id == customer_id,
            ContactMethod.contact_id.is_(None),
            ContactMethod.kind.in_(list(kinds)),
        )
        return list(await self._session.scalars(query.order_by(ContactMethod.id)))

    async def known_addresses(self, customer_id: UUID) -> dict[ContactChannel, set[str]]:
        """Where the customer and its contacts are or were written to, by channel."""
        known: dict[ContactChannel, set[str]] = {channel: set() for channel in SENT_BY_MACHINE}
        for row in await self._session.execute(
            sa.select(ContactMethod.kind, ContactMethod.value).where(
                ContactMethod.customer_id == customer_id
            )
        ):
            if row.kind is MethodKind.EMAIL:
                known[ContactChannel.EMAIL].add(row.value)
            elif row.kind in DIALLED:
                known[ContactChannel.SMS].add(row.value)
        for kind, address in await self._session.execute(
            sa.select(Verification.kind, Verification.address).where(
                Verification.customer_id == customer_id
            )
        ):
            is_mail = kind is VerificationKind.EMAIL
            known[ContactChannel.EMAIL if is_mail else ContactChannel.SMS].add(address)
        return known

    async def merged_into(self, customer_id: UUID) -> list[UUID]:
        """Those who became part of the customer, oldest first."""
        query = sa.select(Customer.id).where(Customer.merged_into_id == customer_id)
        return list(await self._session.scalars(query.order_by(Customer.id)))

    async def make_anonymous(self, customer: Customer, now: datetime) -> dict[str, int]:
        """Leave of the customer what can be counted; rows that went, by table."""
        for field in _EMPTIED:
            setattr(customer, field, None)
        customer.name, customer.sort_name = "Erased", "erased"
        customer.notes, customer.custom_fields, customer.tags = "", {}, []
        customer.erased_at = customer.erased_at or now
        customer.changed(now)
        await self._session.flush()  # the function below asks whether it was erased
        connection = await driver_connection(self._session)
        told = await connection.fetchval(_FORGET_NOTES, customer.id)
        gone = {"notes_of_moves": int(told)}
        tables = [
            CustomersBase.metadata.tables[f"customers.{name}"]
            for name in (*_REMOVED, Address.__tablename__, SearchTerm.__tablename__)
        ]
        for table in tables:
            removed = await self._session.execute(
                sa.delete(table).where(table.c.customer_id == customer.id).returning(sa.literal(1))
            )
            gone[str(table.name)] = len(removed.all())
        return gone

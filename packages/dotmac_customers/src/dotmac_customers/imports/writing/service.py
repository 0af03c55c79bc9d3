"""Changing and removing many customers at once, each in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.imports.errors import CustomerInUseError
from dotmac_customers.imports.events import CustomerRemoved
from dotmac_customers.imports.writing.repository import ManyCustomersRepository
from dotmac_customers.profiles.profile import POSTAL, CustomerProfile, PostalAddress
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.profiles.rows import (
    FIELDS_OF_ADDRESS,
    Row,
    changed_event,
    field_terms,
    word_terms,
)
from dotmac_customers.profiles.search_terms import FIELD, TAG, WORD
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY, CUSTOMERS_LIMIT
from dotmac_identity import FieldDefinition, custom_fields_of, have_portal_accounts, release


class ManyCustomers:
    """Many customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._many = ManyCustomersRepository(session)
        self._customers = CustomerRepository(session)

    async def held(self, customer_ids: Sequence[UUID]) -> dict[UUID, CustomerProfile]:
        """Those among the customers that exist, as they are until the transaction ends."""
        return {one.id: one for one in await self._many.held(customer_ids)} if customer_ids else {}

    async def change(
        self, held: Mapping[UUID, CustomerProfile], changes: Mapping[UUID, Mapping[str, Any]]
    ) -> None:
        """Change the fields of each customer to these checked values, which differ from what is.

        A handful of statements for any number. One audit row stands for all, and one fact is
        announced for each.

        Raises:
            ExternalIdTakenError: another customer has it.
        """
        if not changes:
            return
        now = clock_of(self._session).now()
        after = [
            replace(held[customer_id], **changed, version=held[customer_id].version + 1)
            for customer_id, changed in changes.items()
        ]
        await self._many.change(after, now)
        await self._move(
            {one.id: one.address for one in after if "address" in changes[one.id]}, held
        )
        fields = await custom_fields_of(self._session, CUSTOM_FIELD_ENTITY)
        await self._customers.replace_terms_of(
            [one.id for one in after],
            (WORD, TAG, FIELD),
            [row for one in after for row in _terms(one, fields)],
        )
        await EventPublisher(self._session).publish_many(
            [changed_event(one, changes[one.id]) for one in after]
        )
        changed = sorted({name for each in changes.values() for name in each})
        await self._record("change_many", after[0].id, {"count": len(after), "fields": changed})

    async def remove(self, customers: Sequence[tuple[UUID, str]]) -> None:
        """Take away customers (ids with numbers) whom nobody has used, as if they had never been.

        Raises:
            CustomerInUseError: something belongs to one of them, here or in another module.
        """
        ids = [customer_id for customer_id, _ in customers]
        if await have_portal_accounts(self._session, ids):
            raise CustomerInUseError
        try:
            await self._many.remove(ids)
        except asyncpg.ForeignKeyViolationError as error:
            raise CustomerInUseError from error
        await EventPublisher(self._session).publish_many(
            [CustomerRemoved(customer_id=one, number=number) for one, number in customers]
        )
        self._customers.count_at_the_end(not_below=0, customers=-len(ids))
        await release(self._session, CUSTOMERS_LIMIT.name, len(ids))
        extent = {"count": len(ids), "first": customers[0][1], "last": customers[-1][1]}
        await self._record("remove_many", ids[0], extent)

    async def _move(
        self,
        addresses: Mapping[UUID, PostalAddress | None],
        held: Mapping[UUID, CustomerProfile],
    ) -> None:
        moved: dict[UUID, PostalAddress] = {}
        added: list[Row] = []
        removed: list[UUID] = []
        for customer_id, address in addresses.items():
            if address is None:
                removed.append(customer_id)
            elif held[customer_id].address is None:
                parts = (getattr(address, part) for part in FIELDS_OF_ADDRESS)
                added.append((new_id(), customer_id, POSTAL, *parts))
            else:
                moved[customer_id] = address
        await self._many.move(moved, added, removed)

    async def _record(self, action: str, first: UUID, after: Mapping[str, object]) -> None:
        await record(
            self._session, action=f"customers.{action}", target=("customer", first), after=after
        )


def _terms(customer: CustomerProfile, fields: Sequence[FieldDefinition]) -> list[Row]:
    found = (
        (WORD, word_terms(customer.name, customer.number, customer, fields)),
        (TAG, customer.tags),
        (FIELD, field_terms(customer.custom_fields, fields)),
    )
    return [(kind, term, customer.id) for kind, terms in found for term in terms]

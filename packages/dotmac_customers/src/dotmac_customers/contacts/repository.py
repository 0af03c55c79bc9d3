"""Every query about contacts and contact methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_customers.contacts.models import Contact, ContactMethod
from dotmac_customers.contacts.people import ContactRole, MethodKind


class ContactRepository:
    """Contacts of the session's tenant's customers, and the ways to reach them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(
        self, customer_id: UUID, *, role: ContactRole | None = None, active_only: bool = False
    ) -> Sequence[Contact]:
        """The customer's contacts, oldest first."""
        query = sa.select(Contact).where(Contact.customer_id == customer_id)
        if role is not None:
            query = query.where(Contact.roles.contains([role.value]))
        if active_only:
            query = query.where(Contact.is_active)
        return (await self._session.scalars(query.order_by(Contact.id))).all()

    async def by_id(self, customer_id: UUID, contact_id: UUID) -> Contact | None:
        """The contact, if the customer has it."""
        query = sa.select(Contact).where(
            Contact.customer_id == customer_id, Contact.id == contact_id
        )
        return await self._session.scalar(query.execution_options(populate_existing=True))

    async def methods(self, customer_id: UUID) -> Sequence[ContactMethod]:
        """All ways to reach the customer and its contacts, by kind, the primary one first."""
        query = sa.select(ContactMethod).where(ContactMethod.customer_id == customer_id)
        ordered = query.order_by(
            ContactMethod.kind, ContactMethod.is_primary.desc(), ContactMethod.id
        )
        return (await self._session.scalars(ordered)).all()

    async def method(self, customer_id: UUID, method_id: UUID) -> ContactMethod | None:
        """The contact method, if the customer has it."""
        query = sa.select(ContactMethod).where(
            ContactMethod.customer_id == customer_id, ContactMethod.id == method_id
        )
        return await self._session.scalar(query.execution_options(populate_existing=True))

    async def same_kind(
        self, customer_id: UUID, contact_id: UUID | None, kind: MethodKind
    ) -> Sequence[ContactMethod]:
        """The ways of one kind to reach the customer itself or one contact, primary one first."""
        query = sa.select(ContactMethod).where(
            ContactMethod.customer_id == customer_id,
            ContactMethod.contact_id.is_not_distinct_from(contact_id),
            ContactMethod.kind == kind,
        )
        ordered = query.order_by(ContactMethod.is_primary.desc(), ContactMethod.id)
        return (await self._session.scalars(ordered)).all()

    async def verify(
        self, customer_id: UUID, kinds: Iterable[MethodKind], value: str, at: datetime
    ) -> None:
        """Note that the value was shown to be theirs, wherever the customer has it."""
        await self._session.execute(
            sa.update(ContactMethod)
            .where(
                ContactMethod.customer_id == customer_id,
                ContactMethod.kind.in_(list(kinds)),
                ContactMethod.value == value,
            )
            .values(verified_at=at, version=ContactMethod.version + 1)
        )

    async def remove_of(self, contact_id: UUID) -> None:
        """Forget the ways to reach a contact."""
        await self._session.execute(
            sa.delete(ContactMethod).where(ContactMethod.contact_id == contact_id)
        )

    async def add(self, *rows: Contact | ContactMethod) -> None:
        """Write new ones now: there may be one primary of a kind at a time."""
        self._session.add_all(rows)
        await self._session.flush()

    async def remove(self, row: Contact | ContactMethod) -> None:
        """Forget one, now for the same reason."""
        await self._session.delete(row)
        await self._session.flush()

    async def save(self) -> None:
        """Write changes now, for the same reason."""
        await self._session.flush()

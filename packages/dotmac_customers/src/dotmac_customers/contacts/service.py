"""What can be done with contacts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.communication.service import sender_of
from dotmac_customers.contacts.errors import (
    ContactMethodTakenError,
    ContactNotFoundError,
    TooManyContactsError,
)
from dotmac_customers.contacts.events import ContactAdded, ContactChanged, ContactRemoved
from dotmac_customers.contacts.models import Contact, ContactMethod
from dotmac_customers.contacts.people import ContactRole, NewContact, NewMethod
from dotmac_customers.contacts.reaching import kept_value, terms_of
from dotmac_customers.contacts.repository import ContactRepository
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.models import Customer
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.profiles.rules import LONGEST_NAME, line, optional_line
from dotmac_customers.profiles.search_terms import CONTACT

MOST_CONTACTS = 200
"""How many one customer can have."""

MOST_METHODS = 500
"""How many ways there can be to reach one customer and its contacts."""

_FACTS = (
    *("given_name", "family_name", "roles", "department", "position"),
    *("can_authorize_changes", "is_active"),
)


@dataclass(frozen=True)
class Reachable:
    """A contact with the ways to reach them, and the country where its customer dials."""

    contact: Contact
    methods: tuple[ContactMethod, ...]
    country: str


class ContactService:
    """Contacts of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._contacts = ContactRepository(session)
        self._customers = CustomerRepository(session)

    async def of(
        self, customer_id: UUID, *, role: ContactRole | None = None, active_only: bool = False
    ) -> list[Reachable]:
        """The customer's contacts, oldest first.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        country = await self.country_of(customer_id)
        contacts = await self._contacts.of(customer_id, role=role, active_only=active_only)
        methods = await self._contacts.methods(customer_id)
        return [_reachable(contact, methods, country) for contact in contacts]

    async def by_id(self, customer_id: UUID, contact_id: UUID) -> Reachable:
        """One of the customer's contacts.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            ContactNotFoundError: the customer has no such contact.
        """
        country = await self.country_of(customer_id)
        contact = await self._known(customer_id, contact_id)
        return _reachable(contact, await self._contacts.methods(customer_id), country)

    async def add(self, customer_id: UUID, new: NewContact) -> Reachable:
        """Keep one more person, with the ways to reach them.

        Raises:
            CustomerNotFoundError, CustomerMergedError: there is none to keep it for.
            InvalidCustomerError, InvalidEmailError, InvalidPhoneError: a value is none.
            ContactMethodTakenError: a value stands there twice.
            TooManyContactsError: there is no room for more.
        """
        await self.held(customer_id)
        present = await self._contacts.of(customer_id)
        if len(present) >= MOST_CONTACTS:
            raise TooManyContactsError("contacts", MOST_CONTACTS)
        now = clock_of(self._session).now()
        contact = Contact(
            id=new_id(), customer_id=customer_id, version=1, created_at=now, updated_at=now
        )
        for name in _FACTS:
            setattr(contact, name, _checked(name, getattr(new, name)))
        await self._contacts.add(contact)
        await self._contacts.add(*await self._methods(contact, new.methods))
        await self.reindex(customer_id)
        await EventPublisher(self._session).publish(
            ContactAdded(customer_id=customer_id, contact_id=contact.id, roles=tuple(contact.roles))
        )
        await self._record("add", contact, {}, _facts(contact))
        return await self.by_id(customer_id, contact.id)

    async def change(
        self,
        customer_id: UUID,
        contact_id: UUID,
        changes: Mapping[str, Any],
        *,
        check: Callable[[int], None],
    ) -> Reachable:
        """Change the fields named in `changes`; the others stay.

        Raises:
            ContactNotFoundError: the customer has no such contact; and as `add` does.
        """
        await self.held(customer_id)
        contact = await self._known(customer_id, contact_id)
        check(contact.version)
        before = _facts(contact)
        for name, value in changes.items():
            setattr(contact, name, _checked(name, value))
        after = _facts(contact)
        changed = sorted(name for name in _FACTS if before[name] != after[name])
        if changed:
            contact.version += 1
            contact.updated_at = clock_of(self._session).now()
            await self._contacts.save()
            await self.reindex(customer_id)
            await EventPublisher(self._session).publish(
                ContactChanged(
                    customer_id=customer_id,
                    contact_id=contact_id,
                    roles=tuple(contact.roles),
                    changed=tuple(changed),
                )
            )
            await self._record(
                "change",
                contact,
                {name: before[name] for name in changed},
                {name: after[name] for name in changed},
            )
        return await self.by_id(customer_id, contact_id)

    async def remove(self, customer_id: UUID, contact_id: UUID) -> None:
        """Forget a person, and how they were reached.

        Raises:
            ContactNotFoundError: the customer has no such contact.
        """
        await self.held(customer_id)
        contact = await self._known(customer_id, contact_id)
        await self._contacts.remove_of(contact_id)
        await self._contacts.remove(contact)
        await self.reindex(customer_id)
        await EventPublisher(self._session).publish(
            ContactRemoved(
                customer_id=customer_id, contact_id=contact_id, roles=tuple(contact.roles)
            )
        )
        await self._record("remove", contact, _facts(contact), {})

    async def reindex(self, customer_id: UUID) -> None:
        """Let the customer be found by its contacts and contact methods as they are now."""
        contacts = await self._contacts.of(customer_id)
        methods = await self._contacts.methods(customer_id)
        names = [f"{contact.given_name} {contact.family_name}" for contact in contacts]
        terms = terms_of(names, [(method.kind, method.value) for method in methods])
        await self._customers.replace_terms(customer_id, CONTACT, terms)

    async def held(self, customer_id: UUID) -> Customer:
        """The customer, held so that two who change what is primary come one after the other.

        Raises:
            CustomerNotFoundError, CustomerMergedError: there is none to change.
        """
        customer = await self._customers.by_id(customer_id, for_update=True)
        if customer is None:
            raise CustomerNotFoundError(customer_id)
        customer.require_own()
        return customer

    async def country_of(self, customer_id: UUID) -> str:
        """Where the customer dials numbers without a country code: its country, or the tenant's.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        if await self._customers.by_id(customer_id) is None:
            raise CustomerNotFoundError(customer_id)
        address = await self._customers.address_of(customer_id)
        return (await sender_of(self._session)).country if address is None else address.country

    async def _known(self, customer_id: UUID, contact_id: UUID) -> Contact:
        contact = await self._contacts.by_id(customer_id, contact_id)
        if contact is None:
            raise ContactNotFoundError(contact_id)
        return contact

    async def _methods(self, contact: Contact, new: Sequence[NewMethod]) -> list[ContactMethod]:
        country = await self.country_of(contact.customer_id)
        present = await self._contacts.methods(contact.customer_id)
        if len(present) + len(new) > MOST_METHODS:
            raise TooManyContactsError("contact methods", MOST_METHODS)
        made: list[ContactMethod] = []
        for each in new:
            value = kept_value(each.kind, each.value, country)
            same = [method for method in made if method.kind is each.kind]
            if value in [method.value for method in same]:
                raise ContactMethodTakenError(value)
            is_primary = each.is_primary or not same
            for method in same:
                method.is_primary = method.is_primary and not is_primary
            made.append(
                ContactMethod(
                    id=new_id(),
                    customer_id=contact.customer_id,
                    contact_id=contact.id,
                    kind=each.kind,
                    value=value,
                    label=optional_line("label", each.label, LONGEST_NAME),
                    is_primary=is_primary,
                    version=1,
                    created_at=contact.created_at,
                )
            )
        return made

    async def _record(
        self, action: str, contact: Contact, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        await record(
            self._session,
            action=f"customers.contact_{action}",
            target=("customer", contact.customer_id),
            before={"contact_id": contact.id, **before} if before else None,
            after={"contact_id": contact.id, **after} if after else None,
        )


def _reachable(contact: Contact, methods: Sequence[ContactMethod], country: str) -> Reachable:
    own = tuple(method for method in methods if method.contact_id == contact.id)
    return Reachable(contact, own, country)


def _checked(name: str, value: Any) -> object:  # noqa: ANN401 - of any of the fields
    if name in {"given_name", "family_name"}:
        return line(name, value or "", LONGEST_NAME)
    if name in {"department", "position"}:
        return optional_line(name, value, LONGEST_NAME)
    return sorted({ContactRole(role).value for role in value}) if name == "roles" else value


def _facts(contact: Contact) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _FACTS}

"""What can be done with the ways to reach somebody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.contacts.errors import (
    ContactMethodNotFoundError,
    ContactMethodTakenError,
    ContactNotFoundError,
    TooManyContactsError,
)
from dotmac_customers.contacts.events import (
    ContactMethodAdded,
    ContactMethodChanged,
    ContactMethodRemoved,
)
from dotmac_customers.contacts.models import ContactMethod
from dotmac_customers.contacts.people import DIALLED, MethodKind, NewMethod
from dotmac_customers.contacts.reaching import kept_value
from dotmac_customers.contacts.repository import ContactRepository
from dotmac_customers.contacts.service import MOST_METHODS, ContactService
from dotmac_customers.profiles.rules import LONGEST_NAME, optional_line

_FACTS = ("kind", "value", "label", "is_primary")


@dataclass(frozen=True)
class Way:
    """A contact method, and the country where its customer dials."""

    method: ContactMethod
    country: str


class ContactMethodService:
    """Contact methods of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._methods = ContactRepository(session)
        self._contacts = ContactService(session)

    async def of(self, customer_id: UUID, kind: MethodKind | None = None) -> list[Way]:
        """All ways to reach the customer and its contacts, by kind, the primary ones first.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        country = await self._contacts.country_of(customer_id)
        methods = await self._methods.methods(customer_id)
        return [Way(m, country) for m in methods if kind is None or m.kind is kind]

    async def by_id(self, customer_id: UUID, method_id: UUID) -> Way:
        """One way to reach the customer or one of its contacts.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            ContactMethodNotFoundError: the customer has no such contact method.
        """
        country = await self._contacts.country_of(customer_id)
        return Way(await self._known(customer_id, method_id), country)

    async def add(self, customer_id: UUID, new: NewMethod, contact_id: UUID | None = None) -> Way:
        """Keep one more way to reach the customer, or one of its contacts.

        Raises:
            CustomerNotFoundError, CustomerMergedError, ContactNotFoundError: nobody to reach.
            InvalidCustomerError, InvalidEmailError, InvalidPhoneError: the value is none.
            ContactMethodTakenError: the same person has this value.
            TooManyContactsError: there is no room for more.
        """
        await self._contacts.held(customer_id)
        if contact_id is not None and not await self._methods.by_id(customer_id, contact_id):
            raise ContactNotFoundError(contact_id)
        if len(await self._methods.methods(customer_id)) >= MOST_METHODS:
            raise TooManyContactsError("contact methods", MOST_METHODS)
        country = await self._contacts.country_of(customer_id)
        method = ContactMethod(
            id=new_id(),
            customer_id=customer_id,
            contact_id=contact_id,
            kind=new.kind,
            value=kept_value(new.kind, new.value, country),
            label=optional_line("label", new.label, LONGEST_NAME),
            is_primary=False,
            version=1,
            created_at=clock_of(self._session).now(),
        )
        others = await self._methods.same_kind(customer_id, contact_id, new.kind)
        if any(other.value == method.value for other in others):
            raise ContactMethodTakenError(method.value)
        if new.is_primary or not others:
            await self._put_first(method)
        await self._methods.add(method)
        await self._tell(method, ContactMethodAdded(**_about(method)), "add", {}, _facts(method))
        return Way(method, country)

    async def change(
        self,
        customer_id: UUID,
        method_id: UUID,
        changes: Mapping[str, Any],
        *,
        check: Callable[[int], None],
    ) -> Way:
        """Change `value` or `label`; another value is not verified any more.

        Raises:
            ContactMethodNotFoundError: the customer has no such method; and as `add` does.
        """
        await self._contacts.held(customer_id)
        country = await self._contacts.country_of(customer_id)
        method = await self._known(customer_id, method_id)
        check(method.version)
        before = _facts(method)
        if "label" in changes:
            method.label = optional_line("label", changes["label"], LONGEST_NAME)
        if "value" in changes:
            value = kept_value(method.kind, changes["value"] or "", country)
            others = await self._methods.same_kind(customer_id, method.contact_id, method.kind)
            if any(other.value == value for other in others if other is not method):
                raise ContactMethodTakenError(value)
            if value != method.value:
                method.value, method.verified_at = value, None
        await self._changed(method, before)
        return Way(method, country)

    async def make_primary(self, customer_id: UUID, method_id: UUID) -> Way:
        """Let it be the primary one of its kind instead of the present one.

        Raises:
            ContactMethodNotFoundError: the customer has no such method.
        """
        await self._contacts.held(customer_id)
        method = await self._known(customer_id, method_id)
        before = _facts(method)
        await self._put_first(method)
        await self._changed(method, before)
        return Way(method, await self._contacts.country_of(customer_id))

    async def remove(self, customer_id: UUID, method_id: UUID) -> None:
        """Forget a way to reach somebody; the oldest other one of its kind becomes primary.

        Raises:
            ContactMethodNotFoundError: the customer has no such method.
        """
        await self._contacts.held(customer_id)
        method = await self._known(customer_id, method_id)
        await self._methods.remove(method)
        left = await self._methods.same_kind(customer_id, method.contact_id, method.kind)
        if left and method.is_primary:
            left[0].is_primary = True
            left[0].version += 1
            await self._methods.save()
        event = ContactMethodRemoved(**_about(method))
        await self._tell(method, event, "remove", _facts(method), {})

    async def verified(self, customer_id: UUID, kind: MethodKind, value: str, at: datetime) -> None:
        """Note that an e-mail address, or a number of whatever kind, was shown to be theirs."""
        kinds = DIALLED if kind in DIALLED else {kind}
        await self._methods.verify(customer_id, kinds, value, at)

    async def _known(self, customer_id: UUID, method_id: UUID) -> ContactMethod:
        method = await self._methods.method(customer_id, method_id)
        if method is None:
            raise ContactMethodNotFoundError(method_id)
        return method

    async def _put_first(self, method: ContactMethod) -> None:
        others = await self._methods.same_kind(method.customer_id, method.contact_id, method.kind)
        for other in others:
            if other.is_primary and other is not method:
                other.is_primary = False
                other.version += 1
        await self._methods.save()
        method.is_primary = True

    async def _changed(self, method: ContactMethod, before: Mapping[str, Any]) -> None:
        after = _facts(method)
        changed = sorted(name for name in _FACTS if before[name] != after[name])
        if not changed:
            return
        method.version += 1
        await self._methods.save()
        event = ContactMethodChanged(**_about(method), changed=tuple(changed))
        await self._tell(
            method,
            event,
            "change",
            {name: before[name] for name in changed},
            {name: after[name] for name in changed},
        )

    async def _tell(
        self,
        method: ContactMethod,
        event: Event,
        action: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        await self._contacts.reindex(method.customer_id)
        await EventPublisher(self._session).publish(event)
        await record(
            self._session,
            action=f"customers.contact_method_{action}",
            target=("customer", method.customer_id),
            before={"method_id": method.id, **before} if before else None,
            after={"method_id": method.id, **after} if after else None,
        )


def _about(method: ContactMethod) -> dict[str, Any]:
    return {
        "customer_id": method.customer_id,
        "method_id": method.id,
        "kind": method.kind.value,
        "contact_id": method.contact_id,
    }


def _facts(method: ContactMethod) -> dict[str, Any]:
    return {name: getattr(method, name) for name in _FACTS}

"""What can be done with addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.addresses.errors import AddressNotFoundError, TooManyAddressesError
from dotmac_customers.addresses.events import AddressAdded, AddressChanged, AddressRemoved
from dotmac_customers.addresses.kinds import AddressKind, Coordinates, NewAddress
from dotmac_customers.addresses.postal_rules import deliverable
from dotmac_customers.addresses.repository import AddressRepository
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.models import Address, Customer
from dotmac_customers.profiles.profile import POSTAL, PostalAddress
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.profiles.rows import FIELDS_OF_ADDRESS, changed_event
from dotmac_customers.profiles.rules import LONGEST_NAME, optional_line

MOST_ADDRESSES = 100
"""How many one customer can have."""

_FACTS = ("kind", "label", *FIELDS_OF_ADDRESS, "latitude", "longitude", "is_primary")


def _any_version(_: int) -> None:
    """Whoever adds or removes starts from no version."""


class AddressService:
    """Addresses of the customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._addresses = AddressRepository(session)
        self._customers = CustomerRepository(session)

    async def of(self, customer_id: UUID, kind: AddressKind | None = None) -> Sequence[Address]:
        """The customer's addresses by kind, the primary one first, the others by age.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        if await self._customers.by_id(customer_id) is None:
            raise CustomerNotFoundError(customer_id)
        return await self._addresses.of(customer_id, kind)

    async def by_id(self, customer_id: UUID, address_id: UUID) -> Address:
        """One of the customer's addresses.

        Raises:
            AddressNotFoundError: the customer has no such address.
        """
        address = await self._addresses.by_id(customer_id, address_id)
        if address is None:
            raise AddressNotFoundError(address_id)
        return address

    async def add(self, customer_id: UUID, new: NewAddress) -> Address:
        """Keep one more address; the first of its kind is primary in any case.

        Raises:
            CustomerNotFoundError, CustomerMergedError: there is none to keep it for.
            UndeliverableAddressError, UnknownCountryError, InvalidCustomerError: it is none.
            TooManyAddressesError: the customer has a hundred.
        """
        customer = await self._held(customer_id)
        if await self._addresses.count(customer_id) >= MOST_ADDRESSES:
            raise TooManyAddressesError(MOST_ADDRESSES)
        address = Address(
            id=new_id(), customer_id=customer_id, kind=new.kind.value, is_primary=False, version=0
        )
        address.move_to(deliverable(new.postal))
        address.label = optional_line("label", new.label, LONGEST_NAME)
        _place(address, new.coordinates)
        first = await self._addresses.primary(customer_id, new.kind) is None
        if first or new.is_primary:
            await self._put_first(address)
        self._addresses.add(address)
        await self._addresses.save()
        await self._tell(customer, address, AddressAdded(**_about(address)), "add", {})
        return address

    async def change(
        self,
        customer_id: UUID,
        address_id: UUID,
        changes: Mapping[str, Any],
        *,
        check: Callable[[int], None] = _any_version,
    ) -> Address:
        """Change the fields named in `changes`; the others stay.

        Another place is not verified any more, and has no coordinates unless they are given.
        `coordinates` may be None; `check` refuses a change that starts from another version.

        Raises:
            AddressNotFoundError: the customer has no such address; and as `add` does.
        """
        customer = await self._held(customer_id)
        address = await self.by_id(customer_id, address_id)
        check(address.version)
        before, version = _facts(address), address.version
        if parts := {field: changes[field] for field in FIELDS_OF_ADDRESS if field in changes}:
            wanted = deliverable(replace(address.postal, **parts))
            if wanted != address.postal:
                address.move_to(wanted)
        if "label" in changes:
            address.label = optional_line("label", changes["label"], LONGEST_NAME)
        if "coordinates" in changes:
            _place(address, changes["coordinates"])
        return await self._changed(customer, address, before, version)

    async def make_primary(self, customer_id: UUID, address_id: UUID) -> Address:
        """Let the address be the primary one of its kind instead of the present one.

        Raises:
            AddressNotFoundError: the customer has no such address.
        """
        customer = await self._held(customer_id)
        address = await self.by_id(customer_id, address_id)
        before, version = _facts(address), address.version
        await self._put_first(address)
        return await self._changed(customer, address, before, version)

    async def verify(self, customer_id: UUID, address_id: UUID) -> Address:
        """Note that somebody made sure that the address is right as it stands.

        Raises:
            AddressNotFoundError: the customer has no such address.
            UndeliverableAddressError: the country's post does not deliver to such an address.
        """
        await self._held(customer_id)
        address = await self.by_id(customer_id, address_id)
        deliverable(address.postal)
        address.verified_at = clock_of(self._session).now()
        address.version += 1
        await self._addresses.save()
        await self._record("verify", address, {}, {"verified_at": address.verified_at})
        return address

    async def remove(self, customer_id: UUID, address_id: UUID) -> None:
        """Forget an address; the oldest other one of its kind becomes primary if it was.

        Raises:
            AddressNotFoundError: the customer has no such address.
        """
        customer = await self._held(customer_id)
        address = await self.by_id(customer_id, address_id)
        event = AddressRemoved(**_about(address))
        before = _facts(address)
        await self._customers.remove_address(address)
        await self._tell(customer, address, event, "remove", before)

    async def _held(self, customer_id: UUID) -> Customer:
        # Held, so that two who make different ones primary come one after the other.
        customer = await self._customers.by_id(customer_id, for_update=True)
        if customer is None:
            raise CustomerNotFoundError(customer_id)
        customer.require_own()
        return customer

    async def _put_first(self, address: Address) -> None:
        present = await self._addresses.primary(address.customer_id, AddressKind(address.kind))
        if present is not None and present is not address:
            present.is_primary = False
            present.version += 1
            await self._addresses.save()
        address.is_primary = True

    async def _changed(
        self, customer: Customer, address: Address, before: Mapping[str, Any], version: int
    ) -> Address:
        changed = {name for name, value in _facts(address).items() if value != before[name]}
        if not changed:
            return address
        address.version = version + 1
        await self._addresses.save()
        event = AddressChanged(**_about(address), changed=tuple(sorted(changed)))
        await self._tell(customer, address, event, "change", before)
        return address

    async def _tell(
        self,
        customer: Customer,
        address: Address,
        event: Event,
        action: str,
        before: Mapping[str, Any],
    ) -> None:
        publisher = EventPublisher(self._session)
        if address.kind == POSTAL and address.is_primary:
            # It is part of the profile: whoever read that must read it again.
            customer.changed(clock_of(self._session).now())
            await self._customers.save(customer)
            profile = customer.profile(await self._customers.address_of(customer.id))
            await publisher.publish(changed_event(profile, {"address": None}))
        await publisher.publish(event)
        after = {} if action == "remove" else _facts(address)
        if before and after:
            before, after = _differing(before, after), _differing(after, before)
        await self._record(action, address, before, after)

    async def _record(
        self, action: str, address: Address, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        await record(
            self._session,
            action=f"customers.address_{action}",
            target=("customer", address.customer_id),
            before={"address_id": address.id, **before} if before else None,
            after={"address_id": address.id, **after} if after else None,
        )


async def primary_address(
    session: AsyncSession, customer_id: UUID, kind: AddressKind
) -> PostalAddress | None:
    """The customer's primary address of a kind, None without one."""
    address = await AddressRepository(session).primary(customer_id, kind)
    return None if address is None else address.postal


def _place(address: Address, coordinates: Coordinates | None) -> None:
    address.latitude = coordinates.latitude if coordinates else None
    address.longitude = coordinates.longitude if coordinates else None


def _about(address: Address) -> dict[str, Any]:
    return {
        "customer_id": address.customer_id,
        "address_id": address.id,
        "kind": address.kind,
        "is_primary": address.is_primary,
    }


def _facts(address: Address) -> dict[str, Any]:
    return {name: getattr(address, name) for name in _FACTS}


def _differing(facts: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value != others[name]}

"""What can be done with customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, new_ids
from dotmac_core_ops.module import Limit
from dotmac_core_ops.principal import current_actor
from dotmac_customers.profiles import rules
from dotmac_customers.profiles.errors import CustomerNotFoundError, ParentNotFoundError
from dotmac_customers.profiles.events import moved_event
from dotmac_customers.profiles.models import Address, Customer, StateChange
from dotmac_customers.profiles.naming import NAME_PARTS, renamed
from dotmac_customers.profiles.numbering import customer_number, serial_of
from dotmac_customers.profiles.placement import check_place, fitting_level
from dotmac_customers.profiles.profile import (
    POSTAL,
    CreatedCustomer,
    CustomerProfile,
    NewCustomer,
    PostalAddress,
)
from dotmac_customers.profiles.repository import CustomerRepository, count_own
from dotmac_customers.profiles.rows import (
    address_row,
    changed_event,
    created_event,
    customer_row,
    field_terms,
    plain,
    term_rows,
    word_terms,
)
from dotmac_customers.profiles.search_terms import FIELD, TAG, WORD, sort_name
from dotmac_customers.profiles.states import CustomerState, Reason
from dotmac_identity import (
    FieldDefinition,
    checked_values,
    custom_fields_of,
    merged_values,
    take_if_limited,
)

CUSTOM_FIELD_ENTITY = "customer"
"""What tenants' own fields of customers are defined for."""

CUSTOMERS_LIMIT = Limit(
    "customers", "Customers, but not those erased or merged into others.", count_own
)
"""How many customers a plan allows."""

_TARGET = "customer"
_CHUNK = 1000


class CustomerService:
    """Customers of the session's tenant."""

    def __init__(self, session: AsyncSession, customers: CustomerRepository) -> None:
        self._session = session
        self._customers = customers

    @classmethod
    def within(cls, session: AsyncSession) -> CustomerService:
        """The service in the caller's transaction."""
        return cls(session, CustomerRepository(session))

    async def create(self, customer: NewCustomer) -> CreatedCustomer:
        """Make one customer; see `create_many`."""
        return (await self.create_many([customer]))[0]

    async def create_many(self, customers: Sequence[NewCustomer]) -> list[CreatedCustomer]:
        """Make all of `customers`, or none; what they were given, in their order.

        A handful of statements for any number of them. One audit row stands for all, and one fact
        is announced for each.

        Raises:
            InvalidError: one of its kinds that `rules.checked` lists, for the first that is wrong.
            CustomerNumberTakenError, ExternalIdTakenError: another customer has it.
            LimitReachedError: the plan allows fewer customers.
        """
        if not customers:
            return []
        wanted = await self._placed([rules.checked(customer) for customer in customers])
        fields = await self._fields(for_writing=True)
        wanted = [_with_fields(new, fields) for new in wanted]
        # Before a number is drawn, always: who takes both in another order would wait for ever.
        await take_if_limited(self._session, CUSTOMERS_LIMIT.name, len(wanted))
        numbers = await self._numbers(wanted)
        ids = new_ids(len(wanted))
        created = [CreatedCustomer(*made) for made in zip(ids, numbers, strict=True)]
        pairs = list(zip(created, wanted, strict=True))
        await self._customers.insert(
            [customer_row(made, new) for made, new in pairs],
            [address_row(made, new.address) for made, new in pairs if new.address is not None],
            [row for made, new in pairs for row in term_rows(made, new, fields)],
            clock_of(self._session).now(),
        )
        publisher = EventPublisher(self._session)
        await publisher.publish_many([created_event(made, new) for made, new in pairs])
        first = created[0]
        if len(created) == 1:
            await self._record("create", first.id, after={"number": first.number})
        else:
            extent = {"count": len(created), "first": first.number, "last": created[-1].number}
            await self._record("create_many", first.id, after=extent)
        return created

    async def by_id(self, customer_id: UUID) -> CustomerProfile:
        """All that is known of the customer.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
        """
        customer = await self._load(customer_id)
        return customer.profile(await self._customers.address_of(customer_id))

    async def present(self, customer_id: UUID) -> CustomerProfile:
        """All that is known of a customer to whom something shall be added.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            CustomerMergedError, CustomerErasedError: it is no customer of its own any more.
        """
        customer = await self._load(customer_id)
        customer.require_own()
        return customer.profile(await self._customers.address_of(customer_id))

    async def ids_by_number(self, numbers: Iterable[str]) -> dict[str, UUID]:
        """The identifiers of those among `numbers` that exist."""
        return await self._customers.ids_by_number(numbers)

    async def change(
        self,
        customer_id: UUID,
        changes: Mapping[str, Any],
        *,
        check: Callable[[int], None] = lambda _: None,
    ) -> CustomerProfile:
        """Change the fields named in `changes`; the others stay.

        They can be all that `rules.checked_changes` knows. None clears those that may be missing. A
        name that was made of the given, family or company name follows them. `check` is called with
        the present version and refuses a change that starts from another.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            CustomerMergedError: it is part of another now.
            InvalidCustomerError, InvalidEmailError, …: as when one is made.
            ExternalIdTakenError: another customer has it.
        """
        customer = await self._load(customer_id, for_update=True)
        check(customer.version)
        customer.require_own()
        address = await self._customers.address_of(customer_id)
        before = customer.profile(address)
        fields = await self._fields(for_writing="custom_fields" in changes)
        clean = _checked_changes(before, changes, fields)
        changed = {k: v for k, v in clean.items() if v != getattr(before, k)}
        if not changed:
            return before
        if "address" in changed:
            address = await self._change_address(customer_id, address, changed["address"])
        for field in changed.keys() - {"address"}:
            setattr(customer, field, changed[field])
        customer.tags = list(customer.tags)
        customer.sort_name = sort_name(customer.name)
        customer.changed(clock_of(self._session).now())
        await self._customers.save(customer)
        await self._index(customer, changed, fields)
        after = customer.profile(address)
        await EventPublisher(self._session).publish(changed_event(after, changed))
        await self._record(
            "change",
            customer_id,
            before={field: plain(getattr(before, field)) for field in changed},
            after={field: plain(value) for field, value in changed.items()},
        )
        return after

    async def move(
        self,
        customer_id: UUID,
        state: CustomerState,
        reason: Reason,
        *,
        note: str | None = None,
        check: Callable[[int], None] = lambda _: None,
    ) -> CustomerProfile:
        """Bring the customer into another state; the move stays in its history.

        Raises:
            CustomerNotFoundError: the tenant has no such customer.
            CustomerMergedError: it is part of another now.
            IllegalMoveError: it does not follow on the present state.
            UnfitReasonError: the reason makes no sense for it.
        """
        customer = await self._load(customer_id, for_update=True)
        check(customer.version)
        customer.require_own()
        since_at, now = (
            customer.state_since_at or customer.created_at,
            clock_of(self._session).now(),
        )
        previous = customer.move(state, reason, now)
        self._customers.add_state_change(
            StateChange(
                id=new_id(),
                customer_id=customer_id,
                from_state=previous,
                to_state=state,
                reason=reason,
                note=note,
                actor=current_actor().name,
                since_at=since_at,
                at=now,
            )
        )
        await self._customers.save(customer)
        moved = moved_event(state)(
            customer_id=customer_id, previous=previous.value, reason=reason.value
        )
        await EventPublisher(self._session).publish(moved)
        await self._record(
            "move",
            customer_id,
            before={"state": previous.value},
            after={"state": state.value, "reason": reason.value},
        )
        return customer.profile(await self._customers.address_of(customer_id))

    async def _placed(self, customers: list[NewCustomer]) -> list[NewCustomer]:
        """The same with their levels; refuses who cannot stand where they want to."""
        parents = {new.parent_id for new in customers if new.parent_id is not None}
        places = {}
        if parents:
            await self._customers.hold_tree(alone=False)
            places = await self._customers.places(parents)
        placed = []
        for new in customers:
            if new.parent_id is not None and new.parent_id not in places:
                raise ParentNotFoundError(new.parent_id)
            parent = None if new.parent_id is None else places[new.parent_id]
            level = fitting_level(new.level, parent)
            check_place(level, parent)
            placed.append(new if new.level is level else replace(new, level=level))
        return placed

    async def _numbers(self, customers: Sequence[NewCustomer]) -> list[str]:
        drawn = sum(customer.number is None for customer in customers)
        given = max((serial_of(customer.number or "") for customer in customers), default=0)
        serial, count = 0, len(customers)
        if drawn:
            serial = await self._customers.draw(numbers=drawn, not_below=given + 1, customers=count)
        else:
            self._customers.count_at_the_end(not_below=given + 1, customers=count)
        # After a draw, which lets one at a time pass, what is free now stays free; without one the
        # unique keys refuse what somebody else was faster with.
        await self._customers.refuse_taken(
            [customer.number for customer in customers if customer.number is not None],
            [customer.external_id for customer in customers if customer.external_id is not None],
        )
        numbers = []
        for customer in customers:
            if customer.number is not None:
                numbers.append(customer.number)
            else:
                numbers.append(customer_number(serial))
                serial += 1
        return numbers

    async def _load(self, customer_id: UUID, *, for_update: bool = False) -> Customer:
        customer = await self._customers.by_id(customer_id, for_update=for_update)
        if customer is None:
            raise CustomerNotFoundError(customer_id)
        return customer

    async def _change_address(
        self, customer_id: UUID, address: Address | None, wanted: PostalAddress | None
    ) -> Address | None:
        if wanted is None:
            return None if address is None else await self._customers.remove_address(address)
        if address is None:
            address = Address(id=new_id(), customer_id=customer_id, kind=POSTAL, is_primary=True)
            address.version = 0
            self._customers.add_address(address)
        address.move_to(wanted)
        return address

    async def reindex(self, key: str) -> None:
        """Let customers be found by the custom field `key` as its definition is now."""
        fields = await self._fields()
        last: UUID | None = None
        while found := await self._customers.with_custom_value(key, after=last, limit=_CHUNK):
            last = found[-1].id
            await self._index_many(found, fields)

    async def reindex_all(self, customer_ids: Sequence[UUID]) -> None:
        """Let these customers be found by their words and fields as they are now, set-wise."""
        fields = await self._fields()
        await self._index_many(await self._customers.by_ids(customer_ids), fields)

    async def _fields(self, *, for_writing: bool = False) -> tuple[FieldDefinition, ...]:
        return await custom_fields_of(self._session, CUSTOM_FIELD_ENTITY, for_writing=for_writing)

    async def _index_many(
        self, customers: Sequence[Customer], fields: Sequence[FieldDefinition]
    ) -> None:
        rows = [
            (kind, term, customer.id)
            for customer in customers
            for kind, terms in (
                (WORD, word_terms(customer.name, customer.number, customer, fields)),
                (FIELD, field_terms(customer.custom_fields, fields)),
            )
            for term in terms
        ]
        ids = [customer.id for customer in customers]
        await self._customers.replace_terms_of(ids, (WORD, FIELD), rows)

    async def _index(
        self, customer: Customer, changed: Mapping[str, Any], fields: Sequence[FieldDefinition]
    ) -> None:
        if changed.keys() & {"name", "email", "external_id", "custom_fields"}:
            terms = word_terms(customer.name, customer.number, customer, fields)
            await self._customers.replace_terms(customer.id, WORD, terms)
        if "tags" in changed:
            await self._customers.replace_terms(customer.id, TAG, customer.tags)
        if "custom_fields" in changed:
            terms = field_terms(customer.custom_fields, fields)
            await self._customers.replace_terms(customer.id, FIELD, terms)

    async def _record(
        self,
        action: str,
        customer_id: UUID,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"customers.{action}",
            target=(_TARGET, customer_id),
            before=before,
            after=after,
        )


def _with_fields(new: NewCustomer, fields: Sequence[FieldDefinition]) -> NewCustomer:
    if not fields and not new.custom_fields:
        return new
    values = checked_values(fields, new.custom_fields, partial=False)
    return replace(new, custom_fields=values)


def _checked_changes(
    before: CustomerProfile, changes: Mapping[str, Any], fields: Sequence[FieldDefinition]
) -> dict[str, Any]:
    clean = rules.checked_changes(changes)
    if "custom_fields" in clean:
        given = checked_values(fields, clean["custom_fields"], partial=True)
        clean["custom_fields"] = merged_values(before.custom_fields, given)
    parts = {part: getattr(before, part) for part in ("name", *NAME_PARTS)}
    if (name := renamed(parts, clean)) is not None:
        clean["name"] = name
    return clean

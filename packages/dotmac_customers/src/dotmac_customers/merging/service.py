"""Making one customer of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import current_actor
from dotmac_customers.hierarchy.repository import HierarchyRepository
from dotmac_customers.merging.chosen import CUSTOM, FIELDS, Chosen, chosen_values
from dotmac_customers.merging.errors import InvalidMergeError, MergeRefusedError
from dotmac_customers.merging.events import CustomersMerged
from dotmac_customers.merging.models import Merge
from dotmac_customers.merging.repository import MergeRepository
from dotmac_customers.profiles.errors import CustomerNotFoundError
from dotmac_customers.profiles.events import CustomerChurned
from dotmac_customers.profiles.models import Customer, StateChange
from dotmac_customers.profiles.placement import check_place
from dotmac_customers.profiles.profile import Level
from dotmac_customers.profiles.repository import CustomerRepository
from dotmac_customers.profiles.rows import changed_event
from dotmac_customers.profiles.rules import MOST_TAGS
from dotmac_customers.profiles.search_terms import TAG, sort_name
from dotmac_customers.profiles.service import CUSTOMERS_LIMIT, CustomerService
from dotmac_customers.profiles.states import CustomerState, Reason
from dotmac_identity import release


class MergeService:
    """Duplicates among the session's tenant's customers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._customers = CustomerRepository(session)
        self._trees = HierarchyRepository(session)
        self._merges = MergeRepository(session)

    async def merge(self, kept_id: UUID, merged_id: UUID, take: Sequence[str] = ()) -> None:
        """Make `merged_id` part of `kept_id`; for good.

        The kept one has everything of both: rows of the other go over, and those who stood below
        it. Of fields it has its own, but what it lacks and what `take` names (such as `email` or
        `custom_fields.plan`) from the other. The other stays as a churned duplicate that leads to
        the kept one, and is changed no more. Other modules move theirs in the same transaction.

        Raises:
            CustomerNotFoundError: the tenant has not both.
            InvalidMergeError: they are the same, or `take` names what cannot be taken.
            CustomerMergedError: one of them is part of another already.
            MergeRefusedError: the kept one stands below the other, or they have too many tags.
            InvalidPlaceError: those below the other cannot stand below the kept one.
        """
        if kept_id == merged_id:
            raise InvalidMergeError("A customer cannot be merged with itself: name two.")
        await self._customers.hold_tree(alone=True)
        held = {each: await self._held(each) for each in sorted((kept_id, merged_id))}
        kept, merged = held[kept_id], held[merged_id]
        await self._require_mergeable(kept, merged)
        chosen = _chosen(kept, merged, take)
        now = clock_of(self._session).now()
        if "external_id" in chosen.fields:
            merged.external_id = None
        await self._end(merged, kept_id, now)
        # Only now, because an external id is unique: it must have left the other one.
        _give(kept, chosen)
        kept.changed(now)
        await self._customers.save(kept)
        moved = await self._merges.move_rows(kept_id, merged_id)
        if children := await self._merges.move_children(kept_id, merged_id):
            moved["customers"] = children
        await self._merges.follow(kept_id, merged_id)
        await self._customers.replace_terms(kept_id, TAG, kept.tags)
        await CustomerService.within(self._session).reindex_all([kept_id])
        await release(self._session, CUSTOMERS_LIMIT.name)
        await self._tell(kept, merged, chosen.names, moved, now)

    async def _held(self, customer_id: UUID) -> Customer:
        customer = await self._customers.by_id(customer_id, for_update=True)
        if customer is None:
            raise CustomerNotFoundError(customer_id)
        customer.require_own()
        return customer

    async def _require_mergeable(self, kept: Customer, merged: Customer) -> None:
        if await self._trees.is_below(merged.id, kept.id):
            raise MergeRefusedError(
                "The customer to be kept stands below the other: move it up, or keep the other.",
            )
        if len({*kept.tags, *merged.tags}) > MOST_TAGS:
            raise MergeRefusedError(
                f"Together they have more than {MOST_TAGS} tags: take some off."
            )
        height = await self._trees.height(merged.id)
        if height > 1:
            place = (await self._customers.places([kept.id]))[kept.id]
            check_place(Level.SUB_ACCOUNT, place, height - 1)

    async def _end(self, merged: Customer, kept_id: UUID, now: datetime) -> None:
        previous, since_at = merged.state, merged.state_since_at or merged.created_at
        if previous is not CustomerState.CHURNED:
            merged.move(CustomerState.CHURNED, Reason.DUPLICATE, now)
            self._customers.add_state_change(
                StateChange(
                    id=new_id(),
                    customer_id=merged.id,
                    from_state=previous,
                    to_state=CustomerState.CHURNED,
                    reason=Reason.DUPLICATE,
                    note=None,
                    actor=current_actor().name,
                    since_at=since_at,
                    at=now,
                )
            )
        merged.merged_into_id = kept_id
        merged.parent_id, merged.level, merged.assignee_id = None, Level.ACCOUNT, None
        merged.tags = []
        merged.changed(now)
        await self._customers.save(merged)
        if previous is not CustomerState.CHURNED:
            await EventPublisher(self._session).publish(
                CustomerChurned(
                    customer_id=merged.id,
                    previous=previous.value,
                    reason=Reason.DUPLICATE.value,
                )
            )

    async def _tell(
        self,
        kept: Customer,
        merged: Customer,
        taken: Sequence[str],
        moved: Mapping[str, int],
        now: datetime,
    ) -> None:
        merge_id = new_id()
        self._merges.add(
            Merge(
                id=merge_id,
                kept_id=kept.id,
                merged_id=merged.id,
                taken=list(taken),
                moved=dict(moved),
                actor=current_actor().name,
                at=now,
            )
        )
        publisher = EventPublisher(self._session)
        profile = kept.profile(await self._customers.address_of(kept.id))
        await publisher.publish(changed_event(profile, dict.fromkeys([*taken, "tags"])))
        await publisher.publish(CustomersMerged(kept_id=kept.id, merged_id=merged.id))
        await record(
            self._session,
            action="customers.merge",
            target=("customer", kept.id),
            before={"merged_id": merged.id, "merged_number": merged.number},
            after={"taken": list(taken), "moved": dict(moved)},
        )


def _chosen(kept: Customer, merged: Customer, take: Sequence[str]) -> Chosen:
    names = [name for name in take if not name.startswith(CUSTOM)]
    for name in names:
        if name not in FIELDS:
            raise InvalidMergeError(f"{name} cannot be taken.", possible=list(FIELDS))
    keys = {*kept.custom_fields, *merged.custom_fields}
    return Chosen(
        chosen_values(_fields(kept), _fields(merged), names),
        chosen_values(
            {key: kept.custom_fields.get(key) for key in keys},
            {key: merged.custom_fields.get(key) for key in keys},
            [name.removeprefix(CUSTOM) for name in take if name.startswith(CUSTOM)],
        ),
        tuple(sorted({*kept.tags, *merged.tags})),
    )


def _give(kept: Customer, chosen: Chosen) -> None:
    for field, value in chosen.fields.items():
        setattr(kept, field, value)
    kept.sort_name = sort_name(kept.name)
    kept.custom_fields = {**kept.custom_fields, **chosen.custom}
    kept.tags = list(chosen.tags)


def _fields(customer: Customer) -> dict[str, Any]:
    return {field: getattr(customer, field) for field in FIELDS}

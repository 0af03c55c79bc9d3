"""Changing many customers at once."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.principal import current_actor
from dotmac_customers.assignment.service import AssignmentService
from dotmac_customers.bulk.edit import (
    FIELDS,
    MOST_CUSTOMERS,
    BulkEdit,
    BulkMove,
    BulkResult,
)
from dotmac_customers.bulk.errors import BulkNothingToDoError, BulkTooLargeError
from dotmac_customers.bulk.repository import BulkRepository
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles import rules
from dotmac_customers.profiles.errors import InvalidCustomerError, UnfitReasonError
from dotmac_customers.profiles.events import moved_event
from dotmac_customers.profiles.rows import stored_event
from dotmac_customers.profiles.service import CUSTOM_FIELD_ENTITY, CustomerService
from dotmac_customers.profiles.states import LEGAL_MOVES, starts_for
from dotmac_customers.tags.service import TagService
from dotmac_identity import checked_values, custom_fields_of


class BulkService:
    """Many customers of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._many = BulkRepository(session)

    async def edit(self, target: Target, edit: BulkEdit) -> BulkResult:
        """Do all of `edit` to all who are meant, in a number of statements that does not grow.

        Who has what is wanted already is not touched; who cannot be moved stays where they are. One
        audit row stands for all, and one fact is announced for each customer that changed.

        Raises:
            BulkTooLargeError: more than 10,000 customers are meant.
            BulkNothingToDoError: nothing is to be done.
            InvalidCustomerError, InvalidCustomFieldsError: a field cannot have this value.
            TagKeptByRuleError: a rule decides who has one of the tags.
            UserNotFoundError, AssigneeInactiveError: nobody can be assigned so.
            UnfitReasonError: no move to that state has this reason.
        """
        edit = await self._checked(edit)
        ids = await self._many.matching(target, most=MOST_CUSTOMERS + 1)
        if len(ids) > MOST_CUSTOMERS:
            raise BulkTooLargeError(MOST_CUSTOMERS)
        these = Target(tuple(ids))
        tags = TagService.within(self._session)
        tagged = assigned = 0
        if edit.add_tags or edit.remove_tags:
            tagged = await tags.retag(these, add=edit.add_tags, remove=edit.remove_tags)
        if edit.assign:
            assigned = await AssignmentService(self._session).assign(these, edit.assignee_id)
        edited = await self._set(these, edit)
        moved = 0 if edit.move is None else await self._move(these, edit.move)
        result = BulkResult(len(ids), tagged, assigned, edited, moved)
        if ids:
            await self._record(these, edit, result)
        return result

    async def try_out(self, target: Target, edit: BulkEdit) -> BulkResult:
        """What `edit` would come to: it is done, counted, and taken back."""
        trial = await self._session.begin_nested()
        try:
            return await self.edit(target, edit)
        finally:
            await trial.rollback()

    async def _checked(self, edit: BulkEdit) -> BulkEdit:
        if edit.is_nothing:
            raise BulkNothingToDoError("Say what to do: tags, assignee, fields or a move.")
        tags = (*edit.add_tags, *edit.remove_tags)
        if tags:
            await TagService.within(self._session).require_by_hand(tags)
        for field in edit.fields.keys() - FIELDS:
            raise InvalidCustomerError(field, "cannot be set for many at once.")
        fields = rules.checked_changes(edit.fields)
        if "custom_fields" in fields:
            definitions = await custom_fields_of(
                self._session, CUSTOM_FIELD_ENTITY, for_writing=True
            )
            fields["custom_fields"] = checked_values(
                definitions, fields["custom_fields"], partial=True
            )
        if edit.move is not None and not starts_for(edit.move.state, edit.move.reason):
            possible = (
                reasons for (_, end), reasons in LEGAL_MOVES.items() if end is edit.move.state
            )
            raise UnfitReasonError(edit.move.reason, frozenset().union(*possible))
        return replace(
            edit,
            add_tags=rules.checked_tags(edit.add_tags),
            remove_tags=rules.checked_tags(edit.remove_tags),
            fields=fields,
        )

    async def _set(self, these: Target, edit: BulkEdit) -> int:
        if not edit.fields or not these.customer_ids:
            return 0
        now = clock_of(self._session).now()
        changed = await self._many.edit(these.customer_ids, edit.fields, now)
        if "custom_fields" in edit.fields:
            await CustomerService.within(self._session).reindex_all([row["id"] for row in changed])
        await EventPublisher(self._session).publish_many(
            [stored_event(row, edit.fields) for row in changed]
        )
        return len(changed)

    async def _move(self, these: Target, move: BulkMove) -> int:
        moved = await self._many.move(
            these.customer_ids or (),
            sorted(state.value for state in starts_for(move.state, move.reason)),
            move.state.value,
            move.reason.value,
            note=move.note,
            actor=current_actor().name,
            now=clock_of(self._session).now(),
        )
        fact = moved_event(move.state)
        await EventPublisher(self._session).publish_many(
            [
                fact(customer_id=row["id"], previous=row["previous"], reason=move.reason.value)
                for row in moved
            ]
        )
        return len(moved)

    async def _record(self, these: Target, edit: BulkEdit, result: BulkResult) -> None:
        asked = {
            "add_tags": list(edit.add_tags),
            "remove_tags": list(edit.remove_tags),
            "fields": dict(edit.fields),
            "state": None if edit.move is None else edit.move.state.value,
        }
        counts = {name: getattr(result, name) for name in result.__slots__}
        await record(
            self._session,
            action="customers.bulk_edit",
            target=("customer", (these.customer_ids or ())[0]),
            after={name: value for name, value in asked.items() if value} | counts,
        )

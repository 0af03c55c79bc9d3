"""What can be done with segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.filters.service import read_filter
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.rules import LONGEST_NAME, line
from dotmac_customers.segments.errors import (
    SegmentIsRuledError,
    SegmentNotFoundError,
    SegmentRuleError,
)
from dotmac_customers.segments.models import Segment, SegmentKind
from dotmac_customers.segments.repository import SegmentRepository

_FACTS = ("name", "description", "kind", "rule")


class SegmentService:
    """Segments of the session's tenant."""

    def __init__(self, session: AsyncSession, segments: SegmentRepository) -> None:
        self._session = session
        self._segments = segments

    @classmethod
    def within(cls, session: AsyncSession) -> SegmentService:
        """The service in the caller's transaction."""
        return cls(session, SegmentRepository(session))

    async def define(
        self, *, name: str, description: str, kind: SegmentKind, rule: Mapping[str, Any] | None
    ) -> Segment:
        """Make a segment: an empty list, or all who match a rule at any time.

        Raises:
            SegmentRuleError: a list with a rule, or the other without one.
            InvalidFilterError: the rule makes no sense.
            SegmentNameTakenError: there is one of this name.
        """
        now = clock_of(self._session).now()
        segment = Segment(
            id=new_id(),
            name=line("name", name, LONGEST_NAME),
            description=description,
            kind=kind,
            rule=None if rule is None else dict(rule),
            version=1,
            created_at=now,
            updated_at=now,
        )
        await self._require_sound(segment)
        await self._segments.save(segment)
        await self._record("define", segment, after=_facts(segment))
        return segment

    async def change(
        self, segment_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> Segment:
        """Change what is given; a list stays a list.

        Raises:
            SegmentNotFoundError: there is none; and as `define` does.
        """
        segment = await self.by_id(segment_id, for_update=True)
        check(segment.version)
        before = _facts(segment)
        if "name" in changes:
            changes = {**changes, "name": line("name", changes["name"] or "", LONGEST_NAME)}
        for field, value in changes.items():
            setattr(segment, field, value)
        await self._require_sound(segment)
        segment.version += 1
        segment.updated_at = clock_of(self._session).now()
        await self._segments.save(segment)
        await self._record("change", segment, before=before, after=_facts(segment))
        return segment

    async def remove(self, segment_id: UUID) -> None:
        """Forget a segment; its customers stay.

        Raises:
            SegmentNotFoundError: there is none.
        """
        segment = await self.by_id(segment_id, for_update=True)
        await self._segments.remove(segment)
        await self._record("remove", segment, before=_facts(segment))

    async def put(self, segment_id: UUID, target: Target) -> int:
        """Put customers on a list; how many were not on it.

        Raises:
            SegmentNotFoundError: there is none.
            SegmentIsRuledError: a rule decides who belongs to it.
        """
        segment = await self._list(segment_id)
        count = await self._segments.put(segment_id, target)
        await self._record("put", segment, after={"customers": count})
        return count

    async def take(self, segment_id: UUID, customer_ids: Sequence[UUID]) -> int:
        """Take customers off a list; how many were on it.

        Raises:
            SegmentNotFoundError: there is none.
            SegmentIsRuledError: a rule decides who belongs to it.
        """
        segment = await self._list(segment_id)
        count = await self._segments.take(segment_id, customer_ids)
        await self._record("take", segment, after={"customers": count})
        return count

    async def target(self, segment_id: UUID) -> Target:
        """Who belongs to the segment now.

        Raises:
            SegmentNotFoundError: there is none.
        """
        segment = await self.by_id(segment_id)
        if segment.kind is SegmentKind.LIST:
            return Target(list_id=segment.id)
        return Target(expression=await read_filter(self._session, segment.rule))

    async def count(self, segment_id: UUID) -> int:
        """How many customers belong to the segment now.

        Raises:
            SegmentNotFoundError: there is none.
        """
        return await self._segments.count(await self.target(segment_id))

    async def by_id(self, segment_id: UUID, *, for_update: bool = False) -> Segment:
        """The segment.

        Raises:
            SegmentNotFoundError: there is none.
        """
        segment = await self._segments.by_id(segment_id, for_update=for_update)
        if segment is None:
            raise SegmentNotFoundError(segment_id)
        return segment

    async def _list(self, segment_id: UUID) -> Segment:
        segment = await self.by_id(segment_id)
        if segment.kind is SegmentKind.RULE:
            raise SegmentIsRuledError(segment_id)
        return segment

    async def _require_sound(self, segment: Segment) -> None:
        if segment.kind is SegmentKind.LIST:
            if segment.rule is not None:
                raise SegmentRuleError("A list has no rule: leave it out, or choose kind `rule`.")
            return
        if segment.rule is None:
            raise SegmentRuleError("A segment by rule needs a rule: give one, or make a list.")
        await read_filter(self._session, segment.rule)

    async def _record(
        self,
        action: str,
        segment: Segment,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"customers.segment_{action}",
            target=("customer_segment", segment.id),
            before=before,
            after=after,
        )


def _facts(segment: Segment) -> dict[str, Any]:
    return {name: getattr(segment, name) for name in _FACTS}

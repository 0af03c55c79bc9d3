"""What can be done with tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_customers.filters.expression import Condition, Expression, Joined, Negated
from dotmac_customers.filters.fields import Op, ValueType
from dotmac_customers.filters.service import read_filter
from dotmac_customers.filters.target import Target
from dotmac_customers.profiles.rows import stored_event
from dotmac_customers.profiles.rules import LONGEST_TAG, line
from dotmac_customers.tags.errors import (
    TagKeptByRuleError,
    TagNotFoundError,
    TagRuleOnRuleError,
)
from dotmac_customers.tags.models import TagDefinition
from dotmac_customers.tags.repository import TagRepository
from dotmac_customers.tags.rule_tags import tags_asked

_FACTS = ("name", "colour", "description", "rule")


class TagService:
    """Tags of the session's tenant."""

    def __init__(self, session: AsyncSession, tags: TagRepository) -> None:
        self._session = session
        self._tags = tags

    @classmethod
    def within(cls, session: AsyncSession) -> TagService:
        """The service in the caller's transaction."""
        return cls(session, TagRepository(session))

    async def define(
        self, *, name: str, colour: str, description: str, rule: Mapping[str, Any] | None
    ) -> TagDefinition:
        """Say what a tag means; with a rule, give it to all who match.

        Raises:
            InvalidCustomerError: the name is empty, too long, or holds control characters.
            InvalidFilterError: the rule makes no sense.
            TagNameTakenError: there is a definition of this name.
            TagRuleOnRuleError: the rule asks for a tag that a rule gives, or is asked for by one.
        """
        now = clock_of(self._session).now()
        tag = TagDefinition(
            id=new_id(),
            name=line("name", name, LONGEST_TAG),
            colour=colour.lower(),
            description=description,
            rule=None if rule is None else dict(rule),
            version=1,
            created_at=now,
            updated_at=now,
        )
        await self._require_loose(tag)
        await self._tags.save(tag)
        await self._record("define", tag, after=_facts(tag))
        await self.keep(tag)
        return tag

    async def change(
        self, tag_id: UUID, changes: Mapping[str, Any], *, check: Callable[[int], None]
    ) -> TagDefinition:
        """Change what is given. Customers follow: a new name, and who matches a new rule.

        A tag whose rule is taken away stays on those who have it.

        Raises:
            TagNotFoundError: there is none; and as `define` does.
        """
        tag = await self._load(tag_id)
        check(tag.version)
        before = _facts(tag)
        if "name" in changes:
            changes = {**changes, "name": line("name", changes["name"] or "", LONGEST_TAG)}
        for field, value in changes.items():
            setattr(tag, field, value.lower() if field == "colour" else value)
        await self._require_loose(tag)
        tag.version += 1
        tag.updated_at = clock_of(self._session).now()
        await self._tags.save(tag)
        if tag.name != before["name"]:
            await self.retag(
                Target(expression=_has(before["name"])), add=[tag.name], remove=[before["name"]]
            )
        await self._record("change", tag, before=before, after=_facts(tag))
        await self.keep(tag)
        return tag

    async def remove(self, tag_id: UUID) -> None:
        """Forget a tag, and take it off all customers.

        Raises:
            TagNotFoundError: there is none.
        """
        tag = await self._load(tag_id)
        taken = await self.retag(Target(expression=_has(tag.name)), remove=[tag.name])
        await self._tags.remove(tag)
        await self._record("remove", tag, before={**_facts(tag), "customers": taken})

    async def by_id(self, tag_id: UUID) -> TagDefinition:
        """The definition.

        Raises:
            TagNotFoundError: there is none.
        """
        return await self._load(tag_id)

    async def give(self, target: Target, names: Sequence[str]) -> int:
        """Put tags on customers; how many had not all of them.

        Raises:
            TagKeptByRuleError: a rule decides who has one of them.
        """
        await self.require_by_hand(names)
        return await self.retag(target, add=names)

    async def take(self, target: Target, names: Sequence[str]) -> int:
        """Take tags off customers; how many had any of them.

        Raises:
            TagKeptByRuleError: a rule decides who has one of them.
        """
        await self.require_by_hand(names)
        return await self.retag(target, remove=names)

    async def require_by_hand(self, names: Sequence[str]) -> None:
        """Refuse tags that a rule gives and takes.

        Raises:
            TagKeptByRuleError: naming them.
        """
        ruled = {tag.name for tag in await self._tags.with_rule()}
        if kept := sorted(ruled & set(names)):
            raise TagKeptByRuleError(kept)

    async def retag(
        self, target: Target, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> int:
        """Give and take tags in one statement, and tell of each customer; how many there were."""
        now = clock_of(self._session).now()
        changed = await self._tags.retag(target, add=add, remove=remove, now=now)
        publisher = EventPublisher(self._session)
        await publisher.publish_many([stored_event(row, ["tags"]) for row in changed])
        return len(changed)

    async def keep_all(self, customer_ids: Sequence[UUID] | None = None) -> int:
        """Let the rules decide anew, of these customers or of everybody; how many changed."""
        changed = 0
        for tag in await self._tags.with_rule():
            changed += await self.keep(tag, customer_ids)
        return changed

    async def keep(self, tag: TagDefinition, customer_ids: Sequence[UUID] | None = None) -> int:
        """Give the tag to those who match its rule and take it off the others; how many changed."""
        if tag.rule is None:
            return 0
        rule = await read_filter(self._session, tag.rule)
        ids = None if customer_ids is None else tuple(customer_ids)
        missing = Joined("all", (rule, Negated(_has(tag.name))))
        excess = Joined("all", (_has(tag.name), Negated(rule)))
        given = await self.retag(Target(ids, expression=missing), add=[tag.name])
        taken = await self.retag(Target(ids, expression=excess), remove=[tag.name])
        if given or taken:
            await self._record("keep", tag, after={"given": given, "taken": taken})
        return given + taken

    async def _load(self, tag_id: UUID) -> TagDefinition:
        tag = await self._tags.by_id(tag_id, for_update=True)
        if tag is None:
            raise TagNotFoundError(tag_id)
        return tag

    async def _require_loose(self, tag: TagDefinition) -> None:
        """No rule may hang on another one's tag, or they could undo each other for ever."""
        if tag.rule is None:
            return
        asked = tags_asked(await read_filter(self._session, tag.rule))
        others = [other for other in await self._tags.with_rule() if other.id != tag.id]
        hanging = {tag.name, *(other.name for other in others)} & asked
        for other in others:
            if tag.name in tags_asked(await read_filter(self._session, other.rule)):
                hanging.add(tag.name)
        if hanging:
            raise TagRuleOnRuleError(sorted(hanging))

    async def _record(
        self,
        action: str,
        tag: TagDefinition,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"customers.tag_{action}",
            target=("customer_tag", tag.id),
            before=before,
            after=after,
        )


def _has(tag: str) -> Expression:
    return Condition("tag", ValueType.TAG, Op.EQ, tag)


def _facts(tag: TagDefinition) -> dict[str, Any]:
    return {name: getattr(tag, name) for name in _FACTS}

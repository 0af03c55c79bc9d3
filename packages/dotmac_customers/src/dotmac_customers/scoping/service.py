"""What the groups that somebody is confined to mean at the moment."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.principal import Principal
from dotmac_customers.filters.errors import InvalidFilterError
from dotmac_customers.filters.expression import Expression
from dotmac_customers.filters.service import read_filter
from dotmac_customers.scoping.groups import groups_of
from dotmac_customers.scoping.part import Part
from dotmac_customers.scoping.repository import is_within, rules_of

_log = get_logger(__name__)


async def part_of(session: AsyncSession, principal: Principal, permission: str) -> Part | None:
    """The customers for whom `principal` holds `permission` now; None where it is everybody.

    Segments by rule are read anew each time, in one query for all of them. One whose rule makes no
    sense any more, because a field was archived, holds nobody.
    """
    groups = groups_of(principal, permission)
    if not groups:
        return None if groups is None else Part()
    found = await rules_of(await driver_connection(session), groups)
    rules: list[Expression] = []
    for segment_id, document in found.items():
        try:
            rules.append(await read_filter(session, document))
        except InvalidFilterError as error:
            _log.warning("rule of a segment is void", segment_id=str(segment_id), code=error.code)
    return Part(groups - found.keys(), tuple(rules))


async def holds_for(
    session: AsyncSession, principal: Principal, permission: str, customer_id: UUID
) -> bool:
    """Whether `principal` holds `permission` for this customer: everywhere, or for its part."""
    if principal.allows(permission):
        return True
    part = await part_of(session, principal, permission)
    return await is_within(await driver_connection(session), customer_id, part)

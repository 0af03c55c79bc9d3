"""A part of the customers, as somebody is confined to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dotmac_customers.filters.expression import Expression


@dataclass(frozen=True, slots=True)
class Part:
    """The customers of `groups` (lists, accounts with all below them), and all who match a rule.

    Without groups and rules nobody is within it.
    """

    groups: frozenset[UUID] = frozenset()
    rules: tuple[Expression, ...] = ()

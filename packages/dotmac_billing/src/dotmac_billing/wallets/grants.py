"""Which grants of prepaid credit pay an invoice.

The order: a grant's priority (lowest number first), the soonest expiry (none at all is last), what
was granted free before what was paid for (or the other way round, as asked), the oldest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

_NOTHING = Decimal(0)


class WalletScope(NamedTuple):
    """What credit may pay for; an empty part does not narrow, the parts narrow together."""

    plan_ids: frozenset[UUID] = frozenset()
    component_codes: frozenset[str] = frozenset()
    subscription_id: UUID | None = None


EVERYTHING = WalletScope()
"""The scope that does not narrow."""


@dataclass(slots=True)
class Grant:
    """Credit in a wallet, of which `left` is there and goes down as it is drawn.

    What is paid (`is_paid`) is the customer's own money; what is not was given to them. From
    `expires_on` on it is not to be used.
    """

    id: UUID
    wallet_id: UUID
    customer_id: UUID
    currency: str
    is_paid: bool
    left: Decimal
    priority: int
    expires_on: date | None
    granted_at: datetime
    scope: WalletScope = EVERYTHING


class Part(NamedTuple):
    """A part of what is due, with its tax, for grants that may pay for some things only."""

    amount: Decimal
    plan_id: UUID | None = None
    component_code: str | None = None
    subscription_id: UUID | None = None


class Drawn(NamedTuple):
    """What a grant pays: `amount` is more than zero."""

    grant_id: UUID
    amount: Decimal
    is_paid: bool


class Spent(NamedTuple):
    """What a grant paid of an invoice on the day `on`."""

    grant_id: UUID
    invoice_id: UUID
    amount: Decimal
    on: date


@dataclass(slots=True)
class _OpenPart:
    part: Part
    left: Decimal


def draw(
    due: Decimal,
    grants: Sequence[Grant],
    on: date,
    parts: Sequence[Part] = (),
    *,
    paid_first: bool = False,
) -> list[Drawn]:
    """Let `grants` (of the invoice's currency, in any order) pay up to `due` on the day `on`.

    Takes it off their `left`. A grant with a scope pays no more than what is left of the `parts` it
    is for, so it pays nothing without them; parts of nothing or less are passed over. A grant for
    anything takes first what fewest others could pay.
    """
    drawn: list[Drawn] = []
    open_parts = [_OpenPart(part, part.amount) for part in parts if part.amount > 0]
    usable = [
        grant
        for grant in grants
        if grant.left > 0 and (grant.expires_on is None or on < grant.expires_on)
    ]
    usable.sort(key=lambda grant: _rank(grant, paid_first=paid_first))
    for n, grant in enumerate(usable):
        if due <= 0:
            break
        matching = [part for part in open_parts if _is_for(grant.scope, part.part)]
        most = min(due, grant.left)
        if grant.scope != EVERYTHING:
            most = min(most, sum((part.left for part in matching), _NOTHING))
        if most <= 0:
            continue
        grant.left -= most
        due -= most
        drawn.append(Drawn(grant.id, most, grant.is_paid))
        _take(most, matching, [later.scope for later in usable[n + 1 :]])
    return drawn


def in_order(grants: Sequence[Grant], *, paid_first: bool = False) -> list[Grant]:
    """The grants in the order in which they are drawn."""
    return sorted(grants, key=lambda grant: _rank(grant, paid_first=paid_first))


def _rank(grant: Grant, *, paid_first: bool) -> tuple[int, date, bool, datetime, UUID]:
    return (
        grant.priority,
        grant.expires_on or date.max,
        grant.is_paid is not paid_first,
        grant.granted_at,
        grant.id,
    )


def _is_for(scope: WalletScope, part: Part) -> bool:
    return (
        (not scope.plan_ids or part.plan_id in scope.plan_ids)
        and (not scope.component_codes or part.component_code in scope.component_codes)
        and scope.subscription_id in (None, part.subscription_id)
    )


def _take(amount: Decimal, matching: Sequence[_OpenPart], later: Sequence[WalletScope]) -> None:
    def claims(one: _OpenPart) -> int:
        return sum(_is_for(scope, one.part) for scope in later if scope != EVERYTHING)

    for one in sorted(matching, key=claims):
        taken = min(amount, one.left)
        one.left -= taken
        amount -= taken

"""Which customer groups somebody is confined to."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.principal import Principal

_GROUPS = frozenset({"customer_group", "site"})


def groups_of(principal: Principal, permission: str) -> frozenset[UUID] | None:
    """The groups within which `principal` holds `permission`; None where it holds it everywhere.

    A group is a segment, or a customer with all that is below it (an account with its sites). Parts
    of another kind, such as a reseller, hold no customers here: what is left may be empty, and then
    nobody is within it.
    """
    scopes = principal.within(permission)
    if scopes is None:
        return None
    return frozenset(scope.id for scope in scopes if scope.kind in _GROUPS)

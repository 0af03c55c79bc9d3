"""What somebody may do on account of the roles they have, everywhere or in a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from dotmac_core_ops.principal import Scope, ScopeKind
from dotmac_identity.roles.system_roles import EVERYTHING, RoleCatalogue


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody has; `permissions` are those of a role of the tenant's own.

    Without `scope` it is held everywhere.
    """

    name: str
    is_system: bool
    permissions: Sequence[str] = ()
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The permissions held everywhere, and those held within parts only."""

    permissions: frozenset[str] = frozenset()
    scopes: dict[str, frozenset[Scope]] = field(default_factory=dict)

    def limited_to(self, names: frozenset[str]) -> Held:
        """What a key with the permissions `names` may do for who holds this; never more than both.

        `*` among the names is all that is held.
        """
        if EVERYTHING in names:
            return self
        permissions = names if EVERYTHING in self.permissions else self.permissions & names
        scopes = {name: parts for name, parts in self.scopes.items() if name in names}
        return Held(permissions, scopes)

    def without(self, names: frozenset[str], catalogue: RoleCatalogue) -> Held:
        """All of it but the permissions `names`; `*` becomes those that the catalogue has."""
        permissions = self.permissions
        if EVERYTHING in permissions:
            permissions = catalogue.names
        scopes = {name: parts for name, parts in self.scopes.items() if name not in names}
        return Held(permissions - names, scopes)


def held(catalogue: RoleCatalogue, roles: Iterable[HeldRole]) -> Held:
    """What `roles` allow together; what is held everywhere is not held in parts beside."""
    listed = list(roles)
    permissions = _allowed(catalogue, [role for role in listed if role.scope is None])
    parts: dict[str, set[Scope]] = {}
    for role in listed:
        if role.scope is None:
            continue
        for name in _allowed(catalogue, [role]):
            # A role that allows everything is not given for a part; if it were, it counts for none.
            if name != EVERYTHING and name not in permissions and EVERYTHING not in permissions:
                parts.setdefault(name, set()).add(role.scope)
    return Held(permissions, {name: frozenset(scopes) for name, scopes in parts.items()})


def read_roles(document: str | bytes) -> list[HeldRole]:
    """Roles from the JSON that the queries of sign-in answer."""
    return [_role(row) for row in orjson.loads(document)]


def _role(row: dict[str, Any]) -> HeldRole:
    scope = None
    if row["scope_kind"] is not None:
        scope = Scope(cast("ScopeKind", row["scope_kind"]), UUID(row["scope_id"]))
    return HeldRole(row["name"], row["is_system"], tuple(row["permissions"]), scope)


def _allowed(catalogue: RoleCatalogue, roles: Iterable[HeldRole]) -> frozenset[str]:
    listed = list(roles)
    own = [name for role in listed if not role.is_system for name in role.permissions]
    return catalogue.granted((role.name for role in listed if role.is_system), own)

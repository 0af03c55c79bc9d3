"""What each system role allows, computed from the permissions of the installed modules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dotmac_core_ops.module import Permission
from dotmac_core_ops.principal import PORTAL

EVERYTHING = "*"
"""The permission that contains all others, those of modules installed later too."""

OWNER = "owner"
ADMIN = "admin"
BILLING = "billing"
SUPPORT = "support"
VIEWER = "viewer"

SYSTEM_ROLES: dict[str, str] = {
    OWNER: "Everything, including what is installed later.",
    ADMIN: "Everything that is installed, but what is for owners alone.",
    BILLING: "The billing of all customers, and what is needed to see whom it is about.",
    SUPPORT: "Customers, and a look at everything that a question may be about.",
    VIEWER: "A look at everything, and no change.",
}
"""Name and meaning of each system role, widest first."""

# The parts of a permission's name before the colon that are the billing department's daily work.
_BILLING = frozenset(
    {
        *("billing", "bill_runs", "plans", "subscriptions", "usage", "invoices", "payments"),
        *("credits", "credit_notes", "refunds", "ledger", "tax", "dunning", "revenue", "reports"),
        *("discounts", "wallets", "late_fees", "statements", "peppol"),
    }
)
_SUPPORT = frozenset({"customers", "tickets", "orders", "appointments"})
# A look at these is not needed to answer a customer's question.
_ADMINISTRATION = frozenset(
    {
        *("users", "roles", "api_keys", "service_accounts", "impersonations"),
        *("audit", "events", "jobs"),
    }
)
# What the billing department asks of one another; who sets the limits is another's decision.
_SECOND_PERSON = frozenset({"approvals:read", "approvals:request", "approvals:decide"})
# What ends the organisation itself.
# And who vouches for its people: whoever decides that can become any of them.
_OWNERS_ALONE = frozenset({"tenant:close", "tenant:export", "single_sign_on:write"})


@dataclass(frozen=True)
class RoleCatalogue:
    """The permissions there are, and what each system role makes of them.

    `RoleCatalogue(permissions).allowed("viewer")` is every permission that ends in `:read`.
    """

    permissions: tuple[Permission, ...]

    @classmethod
    def of(cls, permissions: Iterable[Permission]) -> RoleCatalogue:
        """A catalogue of `permissions`, ordered by name, each once; without the portal's.

        Those belong to customers: no role, no API key and not even an owner holds one.
        """
        by_name = {one.name: one for one in permissions if not one.name.startswith(PORTAL)}
        return cls(tuple(by_name[name] for name in sorted(by_name)))

    @property
    def personal(self) -> frozenset[str]:
        """The names of those that nobody has who acts as somebody else."""
        return frozenset(one.name for one in self.permissions if one.is_personal)

    @property
    def names(self) -> frozenset[str]:
        """Every permission's name."""
        return frozenset(permission.name for permission in self.permissions)

    def allowed(self, role: str) -> frozenset[str]:
        """What the system role `role` allows; nothing for a name that is no system role."""
        if role == OWNER:
            return frozenset({EVERYTHING})
        return frozenset(name for name in self.names if _grants(role, name))

    def granted(self, roles: Iterable[str], own: Sequence[str] = ()) -> frozenset[str]:
        """What somebody may do who has the system roles `roles` and the permissions `own`."""
        allowed = frozenset[str]().union(*(self.allowed(role) for role in roles), own)
        return frozenset({EVERYTHING}) if EVERYTHING in allowed else allowed


def _grants(role: str, permission: str) -> bool:
    subject, _, verb = permission.partition(":")
    reads = verb == "read"
    if role == ADMIN:
        return permission not in _OWNERS_ALONE
    if role == VIEWER:
        return reads
    if role == BILLING:
        daily = subject in _BILLING or permission in _SECOND_PERSON
        return daily or (reads and subject in {"customers", "tenant"})
    if role == SUPPORT:
        return subject in _SUPPORT or (reads and subject not in _ADMINISTRATION)
    return False


def exceeding(wanted: Iterable[str], held: frozenset[str]) -> frozenset[str]:
    """The permissions of `wanted` that somebody who holds `held` cannot pass on."""
    return frozenset() if EVERYTHING in held else frozenset(wanted) - held

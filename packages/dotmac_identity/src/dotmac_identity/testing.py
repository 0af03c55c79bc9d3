"""Builders for tests, ours and those of programs that embed this package."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.tenants import operator_tenant
from dotmac_identity.adapters.passwords import PasswordCost, Passwords
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.tenant_life.service import Trial
from dotmac_identity.tenants.profile import TenantKind, TenantProfile
from dotmac_identity.tenants.service import FirstOwner, TenantService
from dotmac_identity.users.account import UserAccount
from dotmac_identity.users.service import UserService

PASSWORD = "correct horse battery staple"  # noqa: S105 (everybody's, in tests)


def cheap_passwords() -> Passwords:
    """Hashes that cost next to nothing, and protect as much."""
    return Passwords(PasswordCost(passes=1, memory_kib=8, lanes=1))


@dataclass(frozen=True)
class Organisation:
    """A tenant with an owner, `owner@example.com`, and other users on request."""

    database: Database
    passwords: Passwords
    profile: TenantProfile

    @classmethod
    async def founded(
        cls,
        database: Database,
        passwords: Passwords,
        *,
        kind: TenantKind = TenantKind.ISP,
        trial: Trial | None = None,
    ) -> Organisation:
        """A new tenant in Sweden."""
        async with database.transaction(new_id()) as session:
            profile = await TenantService.within(session, passwords).create(
                slug=f"org-{secrets.token_hex(6)}",
                name="North Net",
                currency="SEK",
                time_zone="Europe/Stockholm",
                country="SE",
                owner=FirstOwner("owner@example.com", "Olga Owner", PASSWORD),
                kind=kind,
                trial=trial,
            )
        return cls(database, passwords, profile)

    @classmethod
    async def operator(cls, database: Database, passwords: Passwords) -> Organisation:
        """The operator of the installation; made at the first call, because there is one only."""
        listed = await operator_tenant(database)
        if listed is None:
            return await cls.founded(database, passwords, kind=TenantKind.OPERATOR)
        async with database.transaction(listed.id) as session:
            profile = await TenantService.within(session).profile()
        return cls(database, passwords, profile)

    async def owner(self) -> UserAccount:
        """The first owner."""
        async with self.database.transaction(self.profile.id) as session:
            users, _ = await UserService.within(session, self.passwords).page()
        return next(user for user in users if OWNER in user.roles)

    async def employs(self, name: str, *roles: str) -> UserAccount:
        """A new user `<name>@example.com` with the roles."""
        async with self.database.transaction(self.profile.id) as session:
            return await UserService.within(session, self.passwords).create(
                email=f"{name}@example.com", name=name.title(), password=PASSWORD, roles=roles
            )

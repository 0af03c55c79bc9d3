"""What can be done with service accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.principal import current_actor
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.service_accounts.account import ServiceAccountProfile
from dotmac_identity.service_accounts.errors import (
    ServiceAccountNameTakenError,
    ServiceAccountNotFoundError,
)
from dotmac_identity.service_accounts.events import (
    ServiceAccountActivated,
    ServiceAccountCreated,
    ServiceAccountDeactivated,
    ServiceAccountRolesChanged,
)
from dotmac_identity.service_accounts.models import ServiceAccount
from dotmac_identity.service_accounts.repository import ServiceAccountRepository


class ServiceAccountService:
    """Service accounts of the session's tenant; who may do this is decided by the caller."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._accounts = ServiceAccountRepository(session)
        self._roles = RoleRepository(session)

    async def create(
        self, name: str, description: str, roles: Sequence[Role]
    ) -> ServiceAccountProfile:
        """Let a program have rights of its own.

        Raises:
            ServiceAccountNameTakenError: another one is called so.
        """
        account = ServiceAccount(
            id=new_id(),
            name=name,
            description=description,
            is_active=True,
            created_by=current_actor().name,
            created_at=clock_of(self._session).now(),
            version=1,
        )
        self._accounts.add(account)
        await self._flush(name)
        await self._roles.assign_to_service_account(account.id, roles)
        profile = _profile(account, roles)
        await self._publish(
            ServiceAccountCreated(
                service_account_id=account.id, account_name=name, roles=profile.roles
            )
        )
        await self._record("create", account, after={"name": name, "roles": list(profile.roles)})
        return profile

    async def by_id(self, account_id: UUID) -> ServiceAccountProfile:
        """The account.

        Raises:
            ServiceAccountNotFoundError: the tenant has no such account.
        """
        return await self._shown(await self._load(account_id, for_update=False))

    async def page(self, *, offset: int, limit: int) -> tuple[list[ServiceAccountProfile], int]:
        """A page of the accounts by name, and how many there are in all."""
        accounts, total = await self._accounts.page(offset=offset, limit=limit)
        roles = await self._roles.of_service_accounts(one.id for one in accounts)
        return [_profile(one, roles.get(one.id, [])) for one in accounts], total

    async def roles_of(self, account_id: UUID) -> list[Role]:
        """The roles of the account, by name."""
        return (await self._roles.of_service_accounts([account_id])).get(account_id, [])

    async def rename(
        self,
        account_id: UUID,
        name: str | None,
        description: str | None,
        *,
        check: Callable[[int], None],
    ) -> ServiceAccountProfile:
        """Call it otherwise; None leaves a text as it is. `check` may refuse the present version.

        Raises:
            ServiceAccountNotFoundError: the tenant has no such account.
            ServiceAccountNameTakenError: another one is called so.
        """
        account = await self._load(account_id)
        check(account.version)
        before: dict[str, object] = {"name": account.name, "description": account.description}
        account.name = name or account.name
        account.description = account.description if description is None else description
        account.version += 1
        await self._flush(account.name)
        after: dict[str, object] = {"name": account.name, "description": account.description}
        await self._record("rename", account, before=before, after=after)
        return await self._shown(account)

    async def set_roles(self, account_id: UUID, roles: Sequence[Role]) -> ServiceAccountProfile:
        """Give it exactly these roles; that holds at once for all its keys.

        Raises:
            ServiceAccountNotFoundError: the tenant has no such account.
        """
        account = await self._load(account_id)
        before = await self._shown(account)
        await self._roles.assign_to_service_account(account_id, roles)
        account.version += 1
        profile = _profile(account, roles)
        await self._publish(
            ServiceAccountRolesChanged(service_account_id=account_id, roles=profile.roles)
        )
        await self._record(
            "set_roles",
            account,
            before={"roles": list(before.roles)},
            after={"roles": list(profile.roles)},
        )
        return profile

    async def set_active(self, account_id: UUID, *, is_active: bool) -> ServiceAccountProfile:
        """Let all its keys be good, or none of them; nothing, if it is so already.

        Raises:
            ServiceAccountNotFoundError: the tenant has no such account.
        """
        account = await self._load(account_id)
        if account.is_active is not is_active:
            account.is_active = is_active
            account.version += 1
            fact = ServiceAccountActivated if is_active else ServiceAccountDeactivated
            await self._publish(fact(service_account_id=account_id))
            await self._record("activate" if is_active else "deactivate", account)
        return await self._shown(account)

    async def _load(self, account_id: UUID, *, for_update: bool = True) -> ServiceAccount:
        account = await self._accounts.by_id(account_id, for_update=for_update)
        if account is None:
            raise ServiceAccountNotFoundError(account_id)
        return account

    async def _shown(self, account: ServiceAccount) -> ServiceAccountProfile:
        return _profile(account, await self.roles_of(account.id))

    async def _flush(self, name: str) -> None:
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise ServiceAccountNameTakenError(name) from error

    async def _publish(self, fact: Event) -> None:
        await EventPublisher(self._session).publish(fact)

    async def _record(
        self,
        what: str,
        account: ServiceAccount,
        *,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"identity.service_account_{what}",
            target=("service_account", account.id),
            before=before,
            after=after,
        )


def _profile(account: ServiceAccount, roles: Iterable[Role]) -> ServiceAccountProfile:
    return ServiceAccountProfile(
        id=account.id,
        name=account.name,
        description=account.description,
        is_active=account.is_active,
        roles=tuple(sorted(role.name for role in roles)),
        created_by=account.created_by,
        created_at=account.created_at,
        version=account.version,
    )

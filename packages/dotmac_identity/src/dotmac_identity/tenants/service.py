"""What can be done with tenants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.clock import time_zone as zone_named
from dotmac_core_ops.database import clock_of, tenant_of
from dotmac_core_ops.errors import NotFoundError
from dotmac_core_ops.money import currency_exponent
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import register_tenant
from dotmac_identity.adapters.passwords import Passwords
from dotmac_identity.countries import country_code
from dotmac_identity.roles.service import RoleService
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.tenant_life.service import TenantLifeService, Trial
from dotmac_identity.tenants.events import TenantChanged, TenantCreated
from dotmac_identity.tenants.models import TenantRecord
from dotmac_identity.tenants.profile import TenantKind, TenantProfile, checked_slug
from dotmac_identity.tenants.repository import TenantRepository
from dotmac_identity.users.service import UserService


class TenantProfileNotFoundError(NotFoundError):
    """The tenant is on the list and has no profile."""

    code = "TENANT_PROFILE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("This tenant has no profile.")


@dataclass(frozen=True)
class FirstOwner:
    """The person who will run a new tenant."""

    email: str
    name: str
    password: str


class TenantService:
    """The session's tenant."""

    def __init__(
        self,
        session: AsyncSession,
        tenants: TenantRepository,
        passwords: Passwords | None = None,
    ) -> None:
        self._session = session
        self._tenants = tenants
        self._passwords = passwords

    @classmethod
    def within(cls, session: AsyncSession, passwords: Passwords | None = None) -> TenantService:
        """The service in the caller's transaction."""
        return cls(session, TenantRepository(session), passwords)

    async def create(
        self,
        *,
        slug: str,
        name: str,
        currency: str,
        time_zone: str,
        country: str,
        kind: TenantKind = TenantKind.ISP,
        owner: FirstOwner | None = None,
        is_test: bool = False,
        trial: Trial | None = None,
    ) -> TenantProfile:
        """Make the session's tenant exist: listed, with profile, system roles and first owner.

        Call it in `database.transaction(new_id())`; that identifier becomes the tenant's. One that
        `is_test` can have a test clock; that never changes. One of kind `operator` operates the
        installation. With a `trial` it tries a plan, otherwise it may use everything.

        Raises:
            InvalidSlugError, InvalidCurrencyError, UnknownTimeZoneError, UnknownCountryError,
            InvalidEmailError, WeakPasswordError: the input cannot be used.
            TenantSlugTakenError, OperatorExistsError: another tenant has the name, or operates.
        """
        currency_exponent(currency)
        zone_named(time_zone)
        now = clock_of(self._session).now()
        tenant = TenantRecord(
            id=tenant_of(self._session),
            slug=checked_slug(slug),
            name=name.strip() or slug,
            kind=kind,
            currency=currency,
            time_zone=time_zone,
            country=country_code(country),
            version=1,
            created_at=now,
            updated_at=now,
        )
        state = TenantState.ACTIVE if trial is None else TenantState.TRIAL
        operates = kind is TenantKind.OPERATOR
        await register_tenant(
            self._session, slug, is_test=is_test, is_operator=operates, state=state
        )
        await self._tenants.add(tenant)
        await RoleService.within(self._session).create_system_roles()
        await self._tell_created(tenant)
        await self._begin_trial(trial)
        await self._add_owner(owner)
        return _profile(tenant)

    async def _begin_trial(self, trial: Trial | None) -> None:
        if trial is not None:
            await TenantLifeService.within(self._session).begin_trial(trial)

    async def _tell_created(self, tenant: TenantRecord) -> None:
        await EventPublisher(self._session).publish(_created(tenant))
        await record(
            self._session,
            action="identity.tenant_create",
            target=("tenant", tenant.id),
            after={"slug": tenant.slug, "currency": tenant.currency, "country": tenant.country},
        )

    async def _add_owner(self, owner: FirstOwner | None) -> None:
        if owner is not None:
            await UserService.within(self._session, self._passwords).create(
                email=owner.email, name=owner.name, password=owner.password, roles=[OWNER]
            )

    async def profile(self) -> TenantProfile:
        """What the tenant is like.

        Raises:
            TenantProfileNotFoundError: it was listed without a profile.
        """
        return _profile(await self._own())

    async def change(
        self,
        *,
        check: Callable[[int], None],
        name: str | None = None,
        time_zone: str | None = None,
        country: str | None = None,
    ) -> TenantProfile:
        """Change what is given; short name and currency stay, because books are kept under them.

        `check` is called with the present version and refuses a change that starts from another.
        """
        tenant = await self._own(for_update=True)
        check(tenant.version)
        wanted = {
            "name": name,
            "time_zone": None if time_zone is None else zone_named(time_zone).key,
            "country": None if country is None else country_code(country),
        }
        changed = {k: v for k, v in wanted.items() if v is not None and v != getattr(tenant, k)}
        if not changed:
            return _profile(tenant)
        before: dict[str, object] = {field: getattr(tenant, field) for field in changed}
        for field, value in changed.items():
            setattr(tenant, field, value)
        tenant.version += 1
        tenant.updated_at = clock_of(self._session).now()
        await EventPublisher(self._session).publish(
            TenantChanged(
                tenant_id=tenant.id,
                tenant_name=tenant.name,
                time_zone=tenant.time_zone,
                country=tenant.country,
            )
        )
        await record(
            self._session,
            action="identity.tenant_change",
            target=("tenant", tenant.id),
            before=before,
            after=dict(changed),
        )
        return _profile(tenant)

    async def _own(self, *, for_update: bool = False) -> TenantRecord:
        tenant = await self._tenants.own(for_update=for_update)
        if tenant is None:
            raise TenantProfileNotFoundError
        return tenant


def _created(tenant: TenantRecord) -> TenantCreated:
    return TenantCreated(
        tenant_id=tenant.id,
        slug=tenant.slug,
        tenant_name=tenant.name,
        kind=tenant.kind.value,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        country=tenant.country,
    )


def _profile(tenant: TenantRecord) -> TenantProfile:
    return TenantProfile(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        kind=tenant.kind,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        country=tenant.country,
        version=tenant.version,
    )

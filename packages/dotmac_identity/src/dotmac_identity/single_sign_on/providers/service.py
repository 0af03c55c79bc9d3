"""Providers: set up, changed, removed, and what is needed to speak with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.sealing import Sealer
from dotmac_identity.domains.names import normalised_domain
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.roles.models import Role
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import RoleService
from dotmac_identity.roles.system_roles import OWNER
from dotmac_identity.single_sign_on.openid.addresses import checked_address
from dotmac_identity.single_sign_on.providers.addresses import redirect_uri, start_url
from dotmac_identity.single_sign_on.providers.errors import (
    RoleNotMappableError,
    SignInProviderNameTakenError,
    SignInProviderNotFoundError,
)
from dotmac_identity.single_sign_on.providers.events import (
    SignInProviderAdded,
    SignInProviderChanged,
    SignInProviderRemoved,
)
from dotmac_identity.single_sign_on.providers.models import SignInProvider
from dotmac_identity.single_sign_on.providers.repository import ProviderRepository
from dotmac_identity.single_sign_on.providers.view import (
    ProviderSetup,
    ProviderView,
    RoleForValue,
    SignInChoice,
)

_VOUCHING = {"second_factor_amr", "second_factor_acr"}
_PLAIN = (
    *("name", "client_id", "scopes", "is_enabled", "joining", "links_by_email", "trusts_email"),
    *("role_claim", "second_factor_amr", "second_factor_acr", "max_age_seconds"),
)


class ProviderService:
    """Providers of the session's tenant.

    `sealer` keeps the clients' secrets from whoever reads the database. Who may set one up is
    decided by the caller: whoever does can become anybody of the tenant.
    """

    def __init__(
        self,
        session: AsyncSession,
        sealer: Sealer,
        public_url: str,
        *,
        allows_loopback: bool = False,
    ) -> None:
        self._session = session
        self._sealer = sealer
        self._public_url = public_url
        self._allows_loopback = allows_loopback
        self._providers = ProviderRepository(session)

    async def all(self) -> list[ProviderView]:
        """Every provider, by name."""
        found = await self._providers.all()
        roles = await RoleRepository(self._session).all()
        base_url = await base_url_of(self._session, self._public_url)
        return [self._view(one, roles, base_url) for one in found]

    async def by_id(self, provider_id: UUID) -> ProviderView:
        """The provider.

        Raises:
            SignInProviderNotFoundError: the tenant has no such provider.
        """
        return await self._shown(await self._load(provider_id))

    async def choices(self) -> list[SignInChoice]:
        """What the sign-in page offers, by name."""
        base_url = await base_url_of(self._session, self._public_url)
        tenant_id = tenant_of(self._session)
        return [
            SignInChoice(one.id, one.name, one.logo_url, start_url(base_url, tenant_id, one.id))
            for one in await self._providers.enabled()
        ]

    async def add(self, issuer: str, values: Mapping[str, Any]) -> ProviderView:
        """Let people sign in at a provider.

        Raises:
            ProviderAddressError: `issuer` or the logo's address cannot be used.
            UnknownRoleError, RoleNotMappableError, InvalidDomainError: a value cannot be used.
            SignInProviderNameTakenError: another provider is called so.
        """
        now = clock_of(self._session).now()
        checked_address(issuer, allows_loopback=self._allows_loopback)
        provider = SignInProvider(id=new_id(), issuer=issuer, created_at=now, updated_at=now)
        await self._apply(provider, values)
        try:
            async with self._session.begin_nested():
                self._providers.add(provider)
        except IntegrityError as error:
            raise SignInProviderNameTakenError(values["name"]) from error
        await self._publish(
            SignInProviderAdded(provider_id=provider.id, provider=provider.name, issuer=issuer)
        )
        await self._record("add", provider, after=_content(provider))
        return await self._shown(provider)

    async def change(self, provider_id: UUID, values: Mapping[str, Any]) -> ProviderView:
        """Set up otherwise what is given; nothing, if nothing differs.

        Where it is switched off, all sessions of its people end. Where its second factor counts
        for less, it counts no more in sessions that are open.

        Raises:
            SignInProviderNotFoundError: the tenant has no such provider.
            ProviderAddressError, UnknownRoleError, RoleNotMappableError, InvalidDomainError: a
                value cannot be used.
            SignInProviderNameTakenError: another provider is called so.
        """
        provider = await self._load(provider_id)
        before, was_enabled = _content(provider), provider.is_enabled
        await self._apply(provider, values)
        after = _content(provider)
        changed = {name for name in after if after[name] != before[name]}
        if values.get("client_secret") is not None:
            changed.add("client_secret")
        if not changed:
            return await self._shown(provider)
        now = clock_of(self._session).now()
        provider.updated_at = now
        try:
            await self._providers.flush()
        except IntegrityError as error:
            raise SignInProviderNameTakenError(values["name"]) from error
        if was_enabled and not provider.is_enabled:
            await self._providers.end_sessions(provider.id, "sign_in_provider_disabled", now)
        if changed & _VOUCHING:
            await self._providers.take_vouching_back(provider.id)
        await self._publish(
            SignInProviderChanged(
                provider_id=provider.id, provider=provider.name, changed=tuple(sorted(changed))
            )
        )
        await self._record("change", provider, before=before, after=after)
        return await self._shown(provider)

    async def remove(self, provider_id: UUID) -> None:
        """Let nobody sign in there any more; the sessions of its people end.

        Raises:
            SignInProviderNotFoundError: the tenant has no such provider.
        """
        provider = await self._load(provider_id)
        now = clock_of(self._session).now()
        await self._providers.end_sessions(provider.id, "sign_in_provider_removed", now)
        await self._publish(
            SignInProviderRemoved(
                provider_id=provider.id, provider=provider.name, issuer=provider.issuer
            )
        )
        await self._record("remove", provider, before=_content(provider))
        await self._providers.remove(provider)

    async def setup(self, provider_id: UUID, *, even_disabled: bool = False) -> ProviderSetup:
        """What is needed to speak with the provider.

        Raises:
            SignInProviderNotFoundError: there is none, or nobody signs in there at the moment.
        """
        provider = await self._providers.by_id(provider_id)
        if provider is None or not (provider.is_enabled or even_disabled):
            raise SignInProviderNotFoundError(provider_id)
        base_url = await base_url_of(self._session, self._public_url)
        secret = provider.sealed_secret
        if secret is not None:
            secret = self._sealer.open(secret, about=provider.id.bytes)
        return ProviderSetup(
            provider_id=provider.id,
            issuer=provider.issuer,
            client_id=provider.client_id,
            client_secret=None if secret is None else secret.decode(),
            scopes=tuple(provider.scopes),
            redirect_uri=redirect_uri(base_url, tenant_of(self._session), provider.id),
            contexts=tuple(provider.second_factor_acr),
            max_age_seconds=provider.max_age_seconds,
            role_claim=provider.role_claim,
        )

    async def _apply(self, provider: SignInProvider, values: Mapping[str, Any]) -> None:
        for name in _PLAIN:
            if name in values:
                setattr(provider, name, values[name])
        if "client_secret" in values:
            secret = values["client_secret"]
            provider.sealed_secret = (
                None
                if secret is None
                else self._sealer.seal(secret.encode(), about=provider.id.bytes)
            )
        if "logo_url" in values:
            logo = values["logo_url"]
            provider.logo_url = None if logo is None else checked_address(logo)
        if "email_domains" in values:
            names = {normalised_domain(name) for name in values["email_domains"]}
            provider.email_domains = sorted(names)
        if "default_roles" in values:
            roles = await self._mappable(values["default_roles"])
            provider.default_role_ids = [role.id for role in roles]
        if "role_map" in values:
            pairs = values["role_map"]
            named = {role.name: role.id for role in await self._mappable(p.role for p in pairs)}
            provider.role_map = [
                {"value": pair.value, "role_id": str(named[pair.role])} for pair in pairs
            ]

    async def _mappable(self, names: Iterable[str]) -> list[Role]:
        roles = await RoleService.within(self._session).named(names)
        if any(role.is_system and role.name == OWNER for role in roles):
            raise RoleNotMappableError(OWNER)
        return list(roles)

    async def _load(self, provider_id: UUID) -> SignInProvider:
        provider = await self._providers.by_id(provider_id, for_update=True)
        if provider is None:
            raise SignInProviderNotFoundError(provider_id)
        return provider

    async def _shown(self, provider: SignInProvider) -> ProviderView:
        roles = await RoleRepository(self._session).all()
        return self._view(provider, roles, await base_url_of(self._session, self._public_url))

    def _view(self, provider: SignInProvider, roles: Iterable[Role], base_url: str) -> ProviderView:
        names = {str(role.id): role.name for role in roles}
        defaults = (str(role_id) for role_id in provider.default_role_ids)
        return ProviderView(
            id=provider.id,
            name=provider.name,
            issuer=provider.issuer,
            client_id=provider.client_id,
            has_client_secret=provider.sealed_secret is not None,
            scopes=tuple(provider.scopes),
            logo_url=provider.logo_url,
            is_enabled=provider.is_enabled,
            joining=provider.joining.value,
            email_domains=tuple(provider.email_domains),
            links_by_email=provider.links_by_email,
            trusts_email=provider.trusts_email,
            default_roles=tuple(sorted(names[one] for one in defaults if one in names)),
            role_claim=provider.role_claim,
            role_map=tuple(
                RoleForValue(row["value"], names[row["role_id"]])
                for row in provider.role_map
                if row["role_id"] in names
            ),
            second_factor_amr=tuple(provider.second_factor_amr),
            second_factor_acr=tuple(provider.second_factor_acr),
            max_age_seconds=provider.max_age_seconds,
            redirect_uri=redirect_uri(base_url, tenant_of(self._session), provider.id),
            created_at=provider.created_at,
            updated_at=provider.updated_at,
        )

    async def _publish(self, fact: Event) -> None:
        await EventPublisher(self._session).publish(fact)

    async def _record(
        self,
        what: str,
        provider: SignInProvider,
        *,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        await record(
            self._session,
            action=f"identity.sign_in_provider_{what}",
            target=("sign_in_provider", provider.id),
            before=before,
            after=after,
        )


def _content(provider: SignInProvider) -> dict[str, object]:
    """What the audit log shows of it: all but the client's secret."""
    return {
        "name": provider.name,
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "scopes": list(provider.scopes),
        "logo_url": provider.logo_url,
        "is_enabled": provider.is_enabled,
        "joining": provider.joining.value,
        "email_domains": list(provider.email_domains),
        "links_by_email": provider.links_by_email,
        "trusts_email": provider.trusts_email,
        "default_role_ids": [str(one) for one in provider.default_role_ids],
        "role_claim": provider.role_claim,
        "role_map": list(provider.role_map),
        "second_factor_amr": list(provider.second_factor_amr),
        "second_factor_acr": list(provider.second_factor_acr),
        "max_age_seconds": provider.max_age_seconds,
    }

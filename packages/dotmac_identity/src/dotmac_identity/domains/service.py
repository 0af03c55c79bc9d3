"""Domains of one's own: added, proved by a TXT record, taken away."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, public_url_of
from dotmac_core_ops.domains import DomainRow
from dotmac_core_ops.errors import UnavailableError
from dotmac_identity.adapters.dns_txt import Unanswered, txt_records
from dotmac_identity.domains.errors import (
    DomainNotFoundError,
    DomainNotProvedError,
    DomainTakenError,
)
from dotmac_identity.domains.names import RECORD, normalised_domain, proof_of
from dotmac_identity.domains.repository import DomainRepository

_TOKEN_BYTES = 24


class NameServersSilentError(UnavailableError):
    """The name servers do not answer; try again."""

    code = "NAME_SERVERS_SILENT"

    def __init__(self) -> None:
        super().__init__("The name servers do not answer. Try again.", retry_after_seconds=30)


async def base_url_of(session: AsyncSession, public_url: str | None = None) -> str:
    """Where people of the tenant reach it, without a slash at its end; links begin with it.

    Its primary proved domain, otherwise `public_url`, which is the installation's unless given.
    """
    primary = await DomainRepository(session).primary()
    if primary is not None:
        return f"https://{primary}"
    return (public_url_of(session) if public_url is None else public_url).rstrip("/")


class DomainService:
    """The domains of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._domains = DomainRepository(session)

    async def all(self) -> Sequence[DomainRow]:
        """Every domain, by name."""
        return await self._domains.all()

    async def add(self, name: str) -> DomainRow:
        """Say that a domain is one's own; it counts once it is proved.

        Raises:
            InvalidDomainError: it is no domain.
            DomainTakenError: it was added already.
        """
        wanted = normalised_domain(name)
        domain = DomainRow(
            id=new_id(),
            name=wanted,
            token=secrets.token_hex(_TOKEN_BYTES),
            is_primary=False,
            created_at=clock_of(self._session).now(),
        )
        try:
            async with self._session.begin_nested():
                self._domains.add(domain)
        except IntegrityError as error:
            raise DomainTakenError(wanted) from error
        await self._record("add", domain)
        return domain

    async def prove(self, domain_id: UUID) -> DomainRow:
        """Look for the TXT record; from now on the domain leads to the tenant.

        Raises:
            DomainNotProvedError: the record is not there.
            DomainTakenError: another tenant has proved it.
            NameServersSilentError: nobody answers.
        """
        domain = await self._load(domain_id)
        expected, at = proof_of(domain.token), f"{RECORD}.{domain.name}"
        try:
            found = await txt_records(at)
        except Unanswered as error:
            raise NameServersSilentError from error
        if not any(secrets.compare_digest(one.encode(), expected.encode()) for one in found):
            raise DomainNotProvedError(at, expected)
        has_primary, name = await self._domains.primary() is not None, domain.name
        try:
            async with self._session.begin_nested():
                domain.verified_at = domain.checked_at = clock_of(self._session).now()
                domain.is_primary = not has_primary
        except IntegrityError as error:
            raise DomainTakenError(name) from error
        await self._record("prove", domain)
        return domain

    async def remove(self, domain_id: UUID) -> None:
        """Give a domain up; it leads nowhere from now on.

        Raises:
            DomainNotFoundError: the tenant has no such domain.
        """
        domain = await self._load(domain_id)
        await self._record("remove", domain)
        await self._domains.remove(domain)

    async def _load(self, domain_id: UUID) -> DomainRow:
        domain = await self._domains.locked(domain_id)
        if domain is None:
            raise DomainNotFoundError(domain_id)
        return domain

    async def _record(self, action: str, domain: DomainRow) -> None:
        await record(
            self._session,
            action=f"identity.domain_{action}",
            target=("domain", domain.id),
            after={"name": domain.name},
        )

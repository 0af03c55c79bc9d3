"""Every query on providers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.sessions.models import UserSession
from dotmac_identity.single_sign_on.flows.models import SignInFlow
from dotmac_identity.single_sign_on.identities.models import LinkedIdentity
from dotmac_identity.single_sign_on.providers.models import SignInProvider


class ProviderRepository:
    """The tenant's providers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, provider: SignInProvider) -> None:
        """Keep a new one."""
        self._session.add(provider)

    async def flush(self) -> None:
        """Write what has changed, to learn of a conflict."""
        await self._session.flush()

    async def by_id(self, provider_id: UUID, *, for_update: bool = False) -> SignInProvider | None:
        """The provider, if the tenant has it."""
        query = sa.select(SignInProvider).where(SignInProvider.id == provider_id)
        return await self._session.scalar(query.with_for_update() if for_update else query)

    async def all(self) -> Sequence[SignInProvider]:
        """Every provider, by name."""
        query = sa.select(SignInProvider).order_by(SignInProvider.name)
        return (await self._session.scalars(query)).all()

    async def enabled(self) -> Sequence[SignInProvider]:
        """Those that people sign in at, by name."""
        query = sa.select(SignInProvider).where(SignInProvider.is_enabled)
        return (await self._session.scalars(query.order_by(SignInProvider.name))).all()

    async def remove(self, provider: SignInProvider) -> None:
        """Take it away, with whom it knows and the sign-ins that have begun there."""
        for table in (SignInFlow, LinkedIdentity):
            await self._session.execute(sa.delete(table).where(table.provider_id == provider.id))
        await self._session.delete(provider)

    async def end_sessions(self, provider_id: UUID, because: str, now: datetime) -> int:
        """End all sessions of those whom the provider knows, however they were opened."""
        ended = await self._session.scalars(
            sa.update(UserSession)
            .where(_of_people(provider_id), UserSession.revoked_at.is_(None))
            .values(revoked_at=now, revoked_because=because)
            .returning(UserSession.id)
        )
        return len(ended.all())

    async def take_vouching_back(self, provider_id: UUID) -> None:
        """Let no session count any more as one in which the provider saw a second factor.

        Nor one that is about to be opened.
        """
        await self._session.execute(
            sa.update(SignInFlow)
            .where(SignInFlow.provider_id == provider_id, SignInFlow.second_factor_vouched)
            .values(second_factor_vouched=False)
        )
        await self._session.execute(
            sa.update(UserSession)
            .where(_of_people(provider_id), UserSession.second_factor_vouched)
            .values(second_factor_vouched=False)
        )


def _of_people(provider_id: UUID) -> sa.ColumnElement[bool]:
    people = sa.select(LinkedIdentity.user_id).where(LinkedIdentity.provider_id == provider_id)
    return UserSession.user_id.in_(people)

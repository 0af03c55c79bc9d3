"""Every query on linked identities."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.single_sign_on.identities.models import LinkedIdentity
from dotmac_identity.single_sign_on.providers.models import SignInProvider


class LinkedIdentityRepository:
    """The tenant's linked identities."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, identity: LinkedIdentity) -> None:
        """Keep a new one."""
        self._session.add(identity)

    async def known(self, issuer: str, subject: str) -> LinkedIdentity | None:
        """Whom somebody at a provider is here, locked until the transaction ends."""
        query = sa.select(LinkedIdentity).where(
            LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject
        )
        return await self._session.scalar(query.with_for_update())

    async def of_user(self, user_id: UUID) -> Sequence[tuple[LinkedIdentity, str]]:
        """The user's, oldest first, each with the provider's name."""
        query = (
            sa.select(LinkedIdentity, SignInProvider.name)
            .join(SignInProvider, SignInProvider.id == LinkedIdentity.provider_id)
            .where(LinkedIdentity.user_id == user_id)
            .order_by(LinkedIdentity.created_at, LinkedIdentity.id)
        )
        return [(row[0], row[1]) for row in await self._session.execute(query)]

    async def remove(self, identity: LinkedIdentity) -> None:
        """Take one away."""
        await self._session.delete(identity)

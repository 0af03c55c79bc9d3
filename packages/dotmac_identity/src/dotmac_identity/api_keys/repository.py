"""Every query on API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.api_keys.models import ApiKey

USE_IS_NOTED_EVERY = timedelta(minutes=1)
"""A use is noted at most this often, so that reading with a key does not mean writing."""


class ApiKeyRepository:
    """The tenant's API keys."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, key: ApiKey) -> None:
        """Keep a new key."""
        self._session.add(key)
        await self._session.flush()  # a conflict shows here rather than at the end

    async def by_id(self, api_key_id: UUID) -> ApiKey | None:
        """The key, locked until the transaction ends."""
        query = sa.select(ApiKey).where(ApiKey.id == api_key_id).with_for_update()
        return await self._session.scalar(query)

    async def page(
        self, *, offset: int, limit: int, service_account_id: UUID | None = None
    ) -> tuple[Sequence[ApiKey], int]:
        """A page of all keys, or a service account's, newest first, and how many there are."""
        which: sa.ColumnElement[bool] = sa.true()
        if service_account_id is not None:
            which = ApiKey.service_account_id == service_account_id
        total = await self._session.scalar(
            sa.select(sa.func.count()).select_from(ApiKey).where(which)
        )
        rows = sa.select(ApiKey).where(which).order_by(ApiKey.id.desc()).offset(offset).limit(limit)
        return (await self._session.scalars(rows)).all(), total or 0

    async def note_use(self, api_key_id: UUID, now: datetime) -> None:
        """Remember that the key was used, unless that was noted within the last minute."""
        await self._session.execute(
            sa.update(ApiKey)
            .where(
                ApiKey.id == api_key_id,
                sa.or_(
                    ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - USE_IS_NOTED_EVERY
                ),
            )
            .values(last_used_at=now)
        )

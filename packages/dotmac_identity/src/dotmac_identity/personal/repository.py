"""Every query about a person's portal accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.personal_rows import rows_about
from dotmac_identity.invitations.models import Invitation
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.users.models import User


class PersonalRepository:
    """Accounts with which a customer signs in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        """All that is kept about them, without what is secret."""
        return await rows_about(self._session, IdentityBase.metadata, customer_id)

    async def forget(self, customer_id: UUID) -> tuple[int, int]:
        """Make accounts anonymous and unusable, remove invitations; how many of each."""
        gone = await self._session.scalars(
            sa.delete(Invitation)
            .where(Invitation.customer_id == customer_id)
            .returning(Invitation.id)
        )
        accounts = await self._session.scalars(
            sa.update(User)
            .where(User.customer_id == customer_id)
            .values(
                # The address stays unique, and is one that no mail is ever delivered to.
                email=sa.func.concat("erased-", sa.cast(User.id, sa.Text()), "@invalid.invalid"),
                name="Erased",
                password_hash=None,
                is_active=False,
            )
            .returning(User.id)
        )
        return len(accounts.all()), len(gone.all())

"""Every query about a person's portal accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.personal_rows import rows_about
from dotmac_identity.invitations.models import Invitation
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.second_factors.models import Passkey
from dotmac_identity.users.models import User


class PersonalRepository:
    """Accounts with which a customer signs in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
        """All that is kept about them, without what is secret."""
        found = await rows_about(self._session, IdentityBase.metadata, customer_id)
        columns = (Passkey.user_id, Passkey.name, Passkey.site, Passkey.created_at)
        passkeys = await self._session.execute(
            sa.select(*columns, Passkey.last_used_at)
            .where(Passkey.user_id.in_(_accounts_of(customer_id)))
            .order_by(Passkey.created_at)
        )
        if rows := [dict(row) for row in passkeys.mappings()]:
            found["passkeys"] = rows
        return found

    async def forget(self, customer_id: UUID) -> tuple[int, int]:
        """Make accounts anonymous and unusable, remove passkeys and invitations.

        How many accounts and invitations there were.
        """
        # Their owners gave them names.
        await self._session.execute(
            sa.delete(Passkey).where(Passkey.user_id.in_(_accounts_of(customer_id)))
        )
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


def _accounts_of(customer_id: UUID) -> sa.Select[UUID]:
    return sa.select(User.id).where(User.customer_id == customer_id)
